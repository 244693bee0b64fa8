"""What can go wrong, each with the status the program ends with."""

from typing import Any


class Failure(Exception):  # noqa: N818  its message is the sentence a person reads
    """Something is wrong that a person can mend; ``exit_code`` and ``code`` are for programs."""

    exit_code = 1
    code = "failed"

    def told(self) -> dict[str, Any]:
        return {"code": self.code, "detail": str(self)}


class NotLoggedIn(Failure):
    """Nobody is logged in, or the session has ended."""

    exit_code = 3
    code = "not_logged_in"


class Conflict(Failure):
    """Both sides have changed; nothing was overwritten."""

    exit_code = 4
    code = "conflict"


class Unreachable(Failure):
    """The server did not answer."""

    exit_code = 5
    code = "unreachable"


class Refused(Failure):
    """The server said no: ``code`` is its reason, ``fields`` what is wrong by JSON pointer (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = problem.get("code", f"http_{status}")
        self.fields = {error["pointer"]: error["detail"] for error in problem.get("errors") or ()}
        said = "; ".join(f"{pointer}: {detail}" for pointer, detail in self.fields.items())
        super().__init__(said or problem.get("detail") or problem.get("title") or f"The server answered {status}.")

    def told(self) -> dict[str, Any]:
        return super().told() | {"status": self.status, "fields": self.fields}
