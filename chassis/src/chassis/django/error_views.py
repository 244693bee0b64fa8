"""The views that Django shows for its own errors."""
# ruff: noqa: ARG001  Django passes the exception by name

import sys

from django.http import HttpRequest, JsonResponse

from chassis.django.exceptions import problem_of
from chassis.django.problem_responses import answer_problem
from chassis.problems import Problem


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """handler400"""
    return answer_problem(request, Problem(400, "bad_request", "The request is not valid."))


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    """handler403"""
    return answer_problem(request, Problem(403, "permission_denied", "This is not allowed."))


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """handler404"""
    return answer_problem(request, Problem(404, "not_found", "There is nothing here."))


def server_error(request: HttpRequest) -> JsonResponse:
    """handler500, which also gets what is raised outside of REST framework's views."""
    error = sys.exception()
    known = problem_of(error) if isinstance(error, Exception) else None
    return answer_problem(request, known or Problem(500, "internal_error", "Something went wrong on our side."))
