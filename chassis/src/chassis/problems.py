"""The one error type of all services, and its body on the wire (RFC 9457 and the friendlier form of v1)."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; ``pointer`` is a JSON pointer into the body (RFC 6901)."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):  # noqa: N818  RFC 9457 calls it so
    """Something a client is told, with a status and a stable code.

    A 401 names the scheme to use (RFC 6750) and a 429 or 503 says when to come back, unless ``headers`` do.
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
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.title = title or HTTPStatus(status).phrase
        self.headers = _default_headers(status, code) | (headers or {})
        self.errors = errors


def invalid_fields(errors: list[FieldError], *, status: int = 400) -> Problem:
    """The refusal of a body whose fields are wrong: 400 in v1, 422 in v2."""
    return Problem(status, "validation_failed", "Some fields are not valid.", errors=errors)


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
    if problem.errors:
        body["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in problem.errors]
    return body


def v1_body(problem: Problem) -> dict[str, Any]:
    """The v1 form: ``{"detail", "code"}``, or messages nested like the body where fields are wrong."""
    if not problem.errors:
        return {"detail": problem.detail, "code": problem.code}
    body: dict[str, Any] = {}
    for error in problem.errors:
        field = error.pointer.lstrip("/").split("/")[0] or "non_field_errors"
        body.setdefault(field, []).append(error.detail)
    return body


def _default_headers(status: int, code: str) -> dict[str, str]:
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": f'Bearer error="invalid_token", error_description="{code}"'}
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return {"Retry-After": "1"}
    return {}
