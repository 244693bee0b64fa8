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
    main = (
        f"<p>{escape(problem.detail)}</p>"
        + (f"<p>Try again in {escape(wait)} s.</p>" if wait else "")
        + f"<p>HTTP {problem.status}, code {code}, request <code>{escape(exchange.request_id)}</code></p>"
        '<p><a href="/">To the first page</a>, or to the <a href="/docs">documents</a> '
        f'and their <a href="{GUIDE}">guide</a>.</p>'
    )
    headers = [(b"content-type", HTML), (b"content-security-policy", POLICY)]
    return Response(problem.status, html(problem.title, main), headers)
