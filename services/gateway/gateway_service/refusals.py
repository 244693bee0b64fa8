"""How the gateway refuses: one stable code, for the answer, the log, the metric and the docs."""

from typing import Any

from chassis.problem_catalogue import catalogue
from chassis.problems import Problem


class Refusal(Problem):
    """A problem of the catalogue; ``members`` are added to its body (RFC 9457, 3.2)."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        members: dict[str, Any] | None = None,
    ) -> None:
        reason = catalogue().gateway[code]
        super().__init__(
            status or reason.status,
            code,
            detail or reason.meaning,
            title=reason.title,
            headers=headers,
            members=members,
        )
