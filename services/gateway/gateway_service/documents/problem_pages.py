"""The page of each reason code, ``/problems/<code>``: what a problem's ``type`` leads to (RFC 9457, 3.1.1)."""

import json
from html import escape

from chassis.problem_catalogue import Reason, reasons

from gateway_service.accepting import prefers_json
from gateway_service.documents.html import POLICY, html
from gateway_service.documents.page import HTML, JSON, Page
from gateway_service.exchange import Exchange
from gateway_service.messages import Response

INDEX = "/problems"
TEMPLATE = "/problems/{code}"


class ProblemPages:
    """In HTML, or in JSON where Accept prefers it; ``/problems`` lists them."""

    def __init__(self) -> None:
        listed = sorted(reasons().items())
        index = {"problems": [_members(code, reason) for code, reason in listed]}
        self._index = _both(index, _index(listed))
        self._pages = {code: _both(_members(code, reason), _page(code, reason)) for code, reason in listed}

    def find(self, exchange: Exchange) -> Response | None:
        """The page, if it is one that is asked for."""
        if exchange.path == INDEX:
            pages, exchange.template = self._index, INDEX
        elif found := self._pages.get(exchange.path.removeprefix(f"{INDEX}/")):
            pages, exchange.template = found, TEMPLATE
        else:
            return None
        return pages[prefers_json(exchange)].response(exchange)


def _both(members: object, text: bytes) -> tuple[Page, Page]:
    return (
        Page(text, HTML, policy=POLICY, chosen_by=b"Accept"),
        Page(json.dumps(members).encode(), JSON, chosen_by=b"Accept"),
    )


def _members(code: str, reason: Reason) -> dict[str, object]:
    return {"code": code} | reason.model_dump()


def _page(code: str, reason: Reason) -> bytes:
    return html(
        reason.title,
        f"<p>HTTP {reason.status}, code <code>{code}</code></p>"
        f'<p>{escape(reason.meaning)}</p><p>{escape(reason.remedy)}</p><p><a href="{INDEX}">All codes</a></p>',
    )


def _index(listed: list[tuple[str, Reason]]) -> bytes:
    lines = "".join(
        f'<tr><td><a href="{INDEX}/{code}"><code>{code}</code></a><td>{reason.status}<td>{escape(reason.title)}'
        for code, reason in listed
    )
    return html(
        "Reason codes", f"<p>Why a request may be refused.</p><table><tr><th>code<th>HTTP<th>meaning{lines}</table>"
    )
