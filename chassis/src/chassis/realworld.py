"""RealWorld's dialect (the public "Conduit" specification, 1.1.0), as far as the gateway and every service know it.

Its clients cannot refresh, so its tokens live a day. They have an audience of their own, by which nothing outside
``/realworld/api`` takes them.
"""

from typing import Any

from chassis.problem_catalogue import reasons
from chassis.problems import FieldError, Problem, ProblemResponse

PREFIX = "/realworld/api/"
SCHEME = "Token"
"""The scheme of ``Authorization``, where others say Bearer."""
TOKEN_SECONDS = 86_400
"""A token's life, as that of the log-in that gave it."""

_WRAPPERS = frozenset({"user", "article", "comment"})
"""What a body has its fields in."""
_SENTENCES = dict.fromkeys(("blank", "required", "null"), "can't be blank") | {"taken": "has already been taken"}


def audience_of(token_audience: str) -> str:
    """The audience of the dialect's tokens, where other tokens are for ``token_audience``."""
    return f"{token_audience}/realworld"


def realworld_response(problem: Problem) -> ProblemResponse:
    """The answer ``{"errors": {"field": ["sentence"]}}``; what is about no field is said of a noun, or of ``body``.

    Wrong fields are 422, and 409 where others have the values and nothing else is wrong. A 401 names the scheme.
    """
    headers = {name: value.replace("Bearer", SCHEME, 1) for name, value in problem.headers.items()}
    body: dict[str, Any] = {"errors": _errors(problem)}
    return ProblemResponse(_status(problem), body, {"Content-Type": "application/json"} | headers)


def _status(problem: Problem) -> int:
    if not problem.errors:
        return problem.status
    return 409 if {error.code for error in problem.errors} == {"taken"} else 422


def _errors(problem: Problem) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for error in problem.errors or ():
        errors.setdefault(_field(error.pointer), []).append(_sentence(error))
    reason = reasons().get(problem.code)
    return errors or (reason and reason.realworld) or {"body": [problem.detail]}


def _field(pointer: str) -> str:
    """Without what the body has it in, without its place in a list, and called as the dialect calls it."""
    segments = pointer.split("/")[1:]
    if segments[0:1] and segments[0] in _WRAPPERS and len(segments) > 1:
        del segments[0]
    return segments[0].removeprefix("new_") if segments else "body"


def _sentence(error: FieldError) -> str:
    return _SENTENCES.get(error.code, error.detail)
