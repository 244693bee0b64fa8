"""Problems as Django responses."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from chassis.logging import current_request_id
from chassis.problems import Problem, ProblemResponse, problem_response
from chassis.realworld import PREFIX, realworld_response


def answer_problem(request: HttpRequest, problem: Problem) -> JsonResponse:
    """The response in the form of the version, or of the dialect, that the path names."""
    told = realworld_response(problem) if request.path.startswith(PREFIX) else _in_version(request, problem)
    response = JsonResponse(told.body, status=told.status)
    for name, value in told.headers.items():
        response[name] = value
    return response


def _in_version(request: HttpRequest, problem: Problem) -> ProblemResponse:
    return problem_response(
        problem,
        path=request.path,
        request_id=current_request_id() or "",
        public_url=settings.SERVICE_SETTINGS.public_url,
    )
