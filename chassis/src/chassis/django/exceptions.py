"""Every error of a REST framework view becomes one kind of answer."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import set_rollback

from chassis.database_errors import database_unavailable, is_transient
from chassis.django.problem_responses import answer_problem
from chassis.problems import MOST_ERRORS, NON_FIELD, FieldError, Problem, invalid_fields, pointer_segment
from chassis.storage_errors import storage_problem
from chassis.tokens import TokenRefused

_DJANGO = {
    Http404: (404, "not_found", "There is nothing here."),
    PermissionDenied: (403, "permission_denied", "This is not allowed."),
    RequestDataTooBig: (413, "body_too_large", "The body is too long."),
}


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """REST framework's EXCEPTION_HANDLER; what it does not know goes on to Django's handler500."""
    asked: Request = context["request"]
    problem = _unaccepted(error, asked) or problem_of(error)
    if problem is None:
        return None
    set_rollback()
    request: HttpRequest = asked._request  # noqa: SLF001  DRF wraps it, and offers no other way to it
    return answer_problem(request, problem)


def _unaccepted(error: Exception, request: Request) -> Problem | None:
    """The refusal of a type of body, with those that are taken; None for other errors."""
    if not isinstance(error, exceptions.UnsupportedMediaType):
        return None
    taken = " or ".join(parser.media_type for parser in request.parsers or ())
    return Problem(415, error.default_code, f"The body must be {taken}, not {request.content_type or 'nothing'}.")


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error stands for, or None if it is a defect of ours."""
    match error:
        case Problem():
            return error
        case exceptions.APIException():
            return _framework_problem(error)
        case DatabaseError() | OSError() if problem := storage_problem(error):
            return problem
        case OperationalError() | InterfaceError() if is_transient(error.__cause__):
            return database_unavailable(error)
    for kind, (status, code, detail) in _DJANGO.items():
        if isinstance(error, kind):
            return Problem(status, code, detail)
    return None


def _framework_problem(error: exceptions.APIException) -> Problem:
    match error:
        case exceptions.ValidationError():
            return invalid_fields(list(islice(field_errors(error.detail), MOST_ERRORS)))
        case exceptions.NotAuthenticated():
            return TokenRefused("token_missing")
        case exceptions.NotAcceptable():
            return Problem(
                406, error.default_code, "Accept names no type that is answered here. Leave it out, or say */*."
            )
        case exceptions.Throttled():
            headers = {"Retry-After": str(math.ceil(getattr(error, "wait", None) or 1))}
            return Problem(429, "rate_limited", "Too many requests; try again later.", headers=headers)
    code = error.get_codes()
    return Problem(error.status_code, code if isinstance(code, str) else error.default_code, str(error.detail))


def field_errors(detail: Any, pointer: str = "") -> Iterator[FieldError]:
    """The leaves of REST framework's nested error detail, each with the JSON pointer of its field."""
    if isinstance(detail, dict):
        for name, below in detail.items():
            yield from field_errors(below, pointer if name == NON_FIELD else f"{pointer}/{pointer_segment(name)}")
    elif isinstance(detail, list):
        for index, below in enumerate(detail):
            yield from field_errors(below, f"{pointer}/{index}" if isinstance(below, dict | list) else pointer)
    else:
        yield FieldError(pointer, getattr(detail, "code", "invalid"), str(detail))
