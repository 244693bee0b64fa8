"""What can go wrong, each with the status the program ends with."""

from typing import Any

import httpx

_AGAIN = "and run it again."
_WAYS_ON: dict[int | str, str] = {
    410: "Install a newer broadsheet-cli: this one is older than the server.",
    413: f"Make it smaller, {_AGAIN}",
    415: f"Save it as one of these, {_AGAIN}",
    "answer_forgotten": "An earlier run's request was carried out: look for what it made.",
    "idempotency_in_progress": "An earlier run's request still goes on there: run it again in a minute.",
    "image_refused": f"Save it anew or take another one, {_AGAIN}",
    "offset_conflict": "Run it again: it goes on where it is.",
    "past": f"Name a later time, {_AGAIN}",
    "quota_exceeded": f"Delete pictures that nothing uses (`broadsheet-cli media list`), {_AGAIN}",
    "slug_taken": f"Give the file another `slug`, {_AGAIN}",
}
"""By code, of a field too, else by status."""
_PASSES = {429, 502, 503, 504}
_OF_ALL = {410, 429, 503}
_MADE_BEFORE = {"answer_forgotten", "idempotency_in_progress"}


class Failure(Exception):  # noqa: N818  its message is the sentence a person reads
    """Something is wrong that a person can mend; ``exit_code`` and ``code`` are for programs.

    What ``ends_all`` would meet whatever is sent next as well.
    """

    exit_code = 1
    code = "failed"
    ends_all = False

    def told(self) -> dict[str, Any]:
        return {"code": self.code, "detail": str(self)}


class NotLoggedIn(Failure):
    """Nobody is logged in, or the session has ended."""

    exit_code = 3
    code = "not_logged_in"
    ends_all = True


class Conflict(Failure):
    """Both sides have changed; nothing was overwritten."""

    exit_code = 4
    code = "conflict"


class Misplaced(Failure):
    """A file would come to lie where none of the folder may; it was not written."""

    code = "misplaced"


class Unreachable(Failure):
    """The server did not answer."""

    exit_code = 5
    code = "unreachable"
    ends_all = True

    @classmethod
    def of(cls, server: str, error: httpx.TransportError) -> "Unreachable":
        return cls(f"{server} does not answer: {error}. Run it again when it does.")


class Refused(Failure):
    """The server said no: ``code`` is its reason, ``fields`` what is wrong by JSON pointer (RFC 9457)."""

    def __init__(self, answer: httpx.Response) -> None:
        problem = _problem(answer)
        self.status = answer.status_code
        self.fields = _fields(problem)
        self.code = problem.get("code") or ("validation_failed" if self.fields else f"http_{self.status}")
        self.ends_all = self.status in _OF_ALL and self.code != "too_many_uploads"  # only large pictures meet that
        said = "; ".join(f"{pointer}: {detail}" for pointer, detail in self.fields.items())
        self._codes = [self.code, *(error.get("code", "") for error in problem.get("errors") or ())]
        said = said or problem.get("detail") or problem.get("title") or f"The server answered {self.status}."
        super().__init__(f"{said} {self._way_on(answer)}".strip())

    @property
    def made_nothing(self) -> bool:
        """Whether a new post was read and refused; else it may be there by an earlier try under the same key."""
        return self.status in {400, 409, 413, 422} and self.code not in _MADE_BEFORE

    def told(self) -> dict[str, Any]:
        return super().told() | {"status": self.status, "fields": self.fields}

    def of(self, name: str) -> "Refused":
        """Say of which it is, of several things that are done for a file."""
        self.args = (f"{name}: {self}",)
        return self

    def _way_on(self, answer: httpx.Response) -> str:
        if self.status in _PASSES:
            return f"Run it again in {wait_of(answer):.0f} s."
        by_code = (_WAYS_ON[code] for code in self._codes if code in _WAYS_ON)
        return next(by_code, _WAYS_ON.get(self.status, ""))


def wait_of(answer: httpx.Response) -> float:
    """For how many seconds the server asks to be left alone."""
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else 1.0


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """What the server says of it; nothing where another program answered in its place."""
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _fields(problem: dict[str, Any]) -> dict[str, str]:
    """What is wrong by JSON pointer; version 1 names fields, each with a list of sentences, and no code."""
    if "errors" in problem or "code" in problem:
        return {error["pointer"]: error["detail"] for error in problem.get("errors") or ()}
    return {f"/{name}": " ".join(map(str, said)) for name, said in problem.items() if isinstance(said, list)}
