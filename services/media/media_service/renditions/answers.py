"""What is said of public pictures beside themselves: how long they live in caches, and why there is none."""

from typing import Any

from chassis.problems import Problem
from fastapi import Response

BROWSER_SECONDS, SHARED_SECONDS = 86400, 3600
FORM_SECONDS = 2.0  # a request waits for what is made while it is there
RETRY_SECONDS = 1
BEING_MADE: dict[int | str, dict[str, Any]] = {202: {"description": "It is being made; come back after Retry-After"}}


def life(most: int | None = None) -> str:
    """A day in browsers, an hour in shared caches, and nowhere longer than so many seconds.

    What is taken down or erased leaves them by itself, or by a purge.
    """
    browser, shared = (min(usual, usual if most is None else most) for usual in (BROWSER_SECONDS, SHARED_SECONDS))
    return f"public, max-age={browser}, s-maxage={shared}"


def being_made(**headers: str) -> Response:
    sent = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store", **headers}
    return Response(status_code=202, headers=sent)


def unknown() -> Problem:
    return Problem(404, "not_found", "There is no such picture.")


def failed(reason: str) -> Problem:
    """The answer where it cannot be made, and will not be."""
    return Problem(404, "rendition_failed", f"This size could not be made: {reason}.")
