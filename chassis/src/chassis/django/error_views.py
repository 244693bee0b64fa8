"""The views that Django shows for its own errors: a page for who asks for one, by ``Accept``, else a problem."""
# ruff: noqa: ARG001  Django passes the exception, and why, by name

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from chassis.django.exceptions import problem_of
from chassis.django.problem_responses import answer_problem
from chassis.problems import Problem

_APIS = ("/api/", "/internal/", "/realworld/", "/.well-known/")
_PAGE = "text/html"
_TYPES = ("application/problem+json", "application/json", _PAGE)  # the first is for who takes any


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400"""
    return _answer(request, Problem(400, "bad_request", "The request is not valid."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403"""
    return _answer(request, Problem(403, "permission_denied", "This is not allowed."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW"""
    return _answer(
        request, Problem(403, "permission_denied", "This form is not of this page, or too old; load it anew.")
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404"""
    return _answer(request, Problem(404, "not_found", "There is nothing here."))


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500, which also gets what is raised outside of REST framework's views."""
    error = sys.exception()
    known = problem_of(error) if isinstance(error, Exception) else None
    return _answer(request, known or Problem(500, "internal_error", "Something went wrong on our side."))


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """An API speaks one language, whatever a client accepts."""
    if request.path.startswith(_APIS):
        return answer_problem(request, problem)
    response: HttpResponse = answer_problem(request, problem)
    if request.get_preferred_type(_TYPES) == _PAGE:
        response.content = render_to_string("chassis/error.html", {"problem": problem}).encode()
        response.headers["Content-Type"] = f"{_PAGE}; charset=utf-8"
    patch_vary_headers(response, ["Accept"])
    return response
