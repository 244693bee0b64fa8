"""Problems as Django responses."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from chassis.logging import current_request_id
from chassis.problems import Problem, problem_response


def answer_problem(request: HttpRequest, problem: Problem) -> JsonResponse:
    """The response in the form of the version the path names."""
    told = problem_response(
        problem,
        path=request.path,
        request_id=current_request_id() or "",
        public_url=settings.SERVICE_SETTINGS.public_url,
    )
    response = JsonResponse(told.body, status=told.status)
    for name, value in told.headers.items():
        response[name] = value
    return response
