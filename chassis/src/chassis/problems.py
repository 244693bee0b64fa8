"""The one error type of all services, and its body on the wire (RFC 9457 and the friendlier form of v1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

CONTENT_TYPE = "application/problem+json"
NON_FIELD = "non_field_errors"  # where v1 puts what is wrong with the whole


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; ``pointer`` is a JSON pointer into the body (RFC 6901)."""

    pointer: str
    code: str
    detail: str


MOST_ERRORS = 50
"""Faults that one answer names: a body may have as many as it has bytes."""


class Problem(Exception):  # noqa: N818  RFC 9457 calls it so
    """Something a client is told, with a status and a stable code.

    A 401 names the scheme to use (RFC 6750) and a 429 or 503 says when to come back, unless ``headers`` do.
    ``members`` stand in the body beside the usual ones (RFC 9457, 3.2: extension members).
    """

    def __init__(  # noqa: PLR0913  the rare ones are keywords
        self,
        status: int,
        code: str,
        detail: str,
        *,
        title: str | None = None,
        headers: dict[str, str] | None = None,
        errors: list[FieldError] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.title = title or HTTPStatus(status).phrase
        self.headers = _default_headers(status, code) | (headers or {})
        self.errors = errors[:MOST_ERRORS] if errors else errors
        self.members = dict(members or {})


def invalid_fields(errors: list[FieldError]) -> Problem:
    """The refusal of a body whose fields are wrong."""
    return Problem(400, "validation_failed", "Some fields are not valid.", errors=errors)


@dataclass(frozen=True, slots=True)
class ProblemResponse:
    """A problem as it goes over the wire."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def problem_response(problem: Problem, *, path: str, request_id: str, public_url: str) -> ProblemResponse:
    """The answer in the form of the version that ``path`` names: v1's own, else problem+json.

    Wrong fields are 400 in v1 and 422 elsewhere.
    """
    if path.startswith("/api/v1/"):
        return ProblemResponse(problem.status, v1_body(problem), {"Content-Type": "application/json"} | problem.headers)
    if problem.errors:
        problem = Problem(422, problem.code, problem.detail, headers=problem.headers, errors=problem.errors)
    body = problem_body(problem, instance=path, request_id=request_id, public_url=public_url)
    return ProblemResponse(problem.status, body, {"Content-Type": CONTENT_TYPE} | problem.headers)


def problem_body(problem: Problem, *, instance: str, request_id: str, public_url: str) -> dict[str, Any]:
    """The members of an ``application/problem+json`` answer; ``errors`` only where fields are wrong."""
    body: dict[str, Any] = {
        "type": f"{public_url}/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "instance": instance,
        "request_id": request_id,
    }
    body |= problem.members
    if problem.errors:
        body["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in problem.errors]
    return body


def pointer_segment(name: str | int) -> str:
    """A name as it stands in a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def v1_body(problem: Problem) -> dict[str, Any]:
    """The v1 form: ``{"detail", "code"}``, or messages nested like the body where fields are wrong."""
    if not problem.errors:
        return {"detail": problem.detail, "code": problem.code} | problem.members
    tree: _Node = _Node()
    for error in problem.errors:
        node = tree
        for segment in error.pointer.split("/")[1:]:
            node = node.children.setdefault(segment.replace("~1", "/").replace("~0", "~"), _Node())
        node.messages.append(error.detail)
    return _mapping(tree)


@dataclass(slots=True)
class _Node:
    messages: list[str] = field(default_factory=list)
    children: dict[str, "_Node"] = field(default_factory=dict)


def _nested(node: _Node) -> dict[str, Any] | list[Any]:
    """Messages of a field are a list, items of a list fill it up to the last wrong one, the rest is a mapping."""
    if not node.children:
        return list(node.messages)
    if all(_INDEX.fullmatch(name) for name in node.children) and not node.messages:
        last = max(map(int, node.children))
        return [_nested(node.children.get(str(index), _NOTHING)) or {} for index in range(last + 1)]
    return _mapping(node)


def _mapping(node: _Node) -> dict[str, Any]:
    rest = {NON_FIELD: list(node.messages)} if node.messages else {}
    return rest | {name: _nested(child) for name, child in node.children.items()}


_NOTHING = _Node()
_INDEX = re.compile("[0-9]{1,4}")  # a client may send a field called 999999999, which is no place in a list


def _default_headers(status: int, code: str) -> dict[str, str]:
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": f'Bearer error="invalid_token", error_description="{code}"'}
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return {"Retry-After": "1"}
    return {}
