"""Every error of a FastAPI service becomes one kind of answer."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from chassis.database_errors import database_unavailable, is_transient
from chassis.fastapi.bodies import field_error
from chassis.logging import current_request_id, get_logger
from chassis.problems import Problem, invalid_fields, problem_response
from chassis.sentry import report
from chassis.storage_errors import storage_problem

_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}
_DETAILS = {404: "There is nothing here.", 405: "This method is not possible here."}
_LOST = (InterfaceError, OperationalError)
_NOT_JSON = frozenset({"model_attributes_type", "dict_type", "model_type"})

log = get_logger()


def install(app: FastAPI, *, public_url: str) -> None:
    """Answer every error in the form of the version that the path names."""

    def answer_problem(request: Request, problem: Problem) -> JSONResponse:
        response = problem_response(
            problem, path=request.url.path, request_id=current_request_id() or "", public_url=public_url
        )
        return JSONResponse(response.body, response.status, response.headers)

    @app.exception_handler(Problem)
    async def on_problem(request: Request, error: Problem) -> JSONResponse:
        return answer_problem(request, error)

    @app.exception_handler(RequestValidationError)
    async def on_invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer_problem(request, _problem_of_validation(request, error))

    @app.exception_handler(HTTPException)
    async def on_http_exception(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "request_refused")
        detail = _DETAILS.get(error.status_code, str(error.detail))
        return answer_problem(request, Problem(error.status_code, code, detail, headers=dict(error.headers or {})))

    @app.exception_handler(DBAPIError)
    @app.exception_handler(PoolTimeout)
    @app.exception_handler(OSError)
    async def on_transient_error(request: Request, error: DBAPIError | PoolTimeout | OSError) -> JSONResponse:
        problem = _transient_problem(error)
        if problem is None:
            raise error
        return answer_problem(request, problem)

    @app.exception_handler(Exception)
    async def on_defect(request: Request, error: Exception) -> JSONResponse:
        log.error("unhandled error", exc_info=error)
        report(error)
        return answer_problem(request, Problem(500, "internal_error", "Something went wrong on our side."))


def _transient_problem(error: DBAPIError | PoolTimeout | OSError) -> Problem | None:
    if problem := storage_problem(error):
        return problem
    if isinstance(error, PoolTimeout) or (isinstance(error, _LOST) and is_transient(error.orig)):
        return database_unavailable(error)
    return None


def _problem_of_validation(request: Request, error: RequestValidationError) -> Problem:
    errors = error.errors()
    if any(item["type"] == "json_invalid" for item in errors):
        return Problem(400, "parse_error", next(str(item["ctx"]["error"]) for item in errors if "ctx" in item))
    if any(item["loc"] == ("body",) and item["type"] in _NOT_JSON for item in errors):
        content_type = request.headers.get("content-type", "nothing")
        if not content_type.partition(";")[0].endswith("json"):
            return Problem(415, "unsupported_media_type", f"The body must be application/json, not {content_type}.")
    return invalid_fields([field_error(item) for item in errors])
