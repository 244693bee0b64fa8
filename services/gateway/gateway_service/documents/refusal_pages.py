"""Refusals as pages: what a person sees whose browser asks for something that is not to be had."""

from html import escape

from chassis.problems import Problem

from gateway_service.documents.guide_pages import GUIDE
from gateway_service.documents.html import POLICY, html
from gateway_service.documents.page import HTML
from gateway_service.documents.problem_pages import INDEX
from gateway_service.exchange import Exchange
from gateway_service.messages import Response


def refusal_page(exchange: Exchange, problem: Problem) -> Response:
    """The refusal for people, with the id by which they can ask about it."""
    code = f'<a href="{INDEX}/{problem.code}"><code>{problem.code}</code></a>'
    wait = problem.headers.get("Retry-After")
    title, why = _of_address(exchange) if problem.code == "route_unknown" else (problem.title, escape(problem.detail))
    main = (
        f"<p>{why}</p>"
        + (f"<p>Try again in {escape(wait)} s.</p>" if wait else "")
        + f"<p>HTTP {problem.status}, code {code}, request <code>{escape(exchange.request_id)}</code></p>"
        '<p><a href="/">To the first page</a>, to <a href="/posts">what is published</a>, '
        f'or to the <a href="/docs">documents</a> and their <a href="{GUIDE}">guide</a>.</p>'
    )
    headers = [(b"content-type", HTML), (b"content-security-policy", POLICY)]
    return Response(problem.status, html(title, main), headers)


def _of_address(exchange: Exchange) -> tuple[str, str]:
    """What readers are told where there is nothing: a title, and a sentence in HTML."""
    folder, _, code = exchange.path.rpartition("/")
    if folder == INDEX and code:
        known = f'<a href="{INDEX}">All codes</a> are in one list.'
        return "There is no such code", f"No refusal has the code <code>{escape(code)}</code>. {known}"
    return "There is no such page", "The address may be mistyped, or what was here is gone."
