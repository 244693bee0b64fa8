"""Events accounted for by the platform's own ``events audit``, run beside blog's consumer."""

import base64
import json
import subprocess
from dataclasses import dataclass
from typing import Any

from tests.cluster.cluster import NAMESPACE, RELEASE, ClusterError, get, sql, wait_until

PUBLISHERS = ("auth", "media")
"""Whose events blog handles."""


@dataclass(frozen=True)
class Account:
    """What became of all events since the beginning, so that the accounts of two rows can be compared."""

    published: int
    handled: int
    parked: int
    lost: int
    under_way: int
    in_inbox: int

    @property
    def doubled(self) -> int:
        """Rows of the inbox that no published event explains."""
        return max(0, self.in_inbox - self.handled - self.parked)

    @property
    def settled(self) -> bool:
        return not self.under_way and not waiting()


def account(seconds: float = 120) -> Account:
    """The account once nothing is under way any more, or as it is when the time is over."""
    try:
        wait_until(lambda: audit().settled, seconds, "all events are handled or missing")
    except ClusterError:
        return audit()
    return audit()


def audit(*words: str) -> Account:
    """``events audit`` for all queues of blog; raises ClusterError when it cannot compare."""
    rows = _events("blog-consumer", "audit", *words, *_databases())
    if any(row["missing"] is None for row in rows):
        raise ClusterError(f"events audit could not compare: {rows}")
    return Account(
        published=_sum(rows, "published"),
        handled=_sum(rows, "handled", "discarded"),
        parked=_sum(rows, "failed", "held", "dead"),
        lost=_sum(rows, "missing"),
        under_way=_sum(rows, "under_way"),
        in_inbox=int(sql("blog", "SELECT count(*) FROM inbox_event")),
    )


def repair() -> None:
    """Have what is missing sent again, and return once it was handled."""
    audit("--repair")
    wait_until(lambda: not audit().lost, 120, "the audit's repair closes every gap")


def waiting() -> int:
    """Events that no relay has published yet."""
    rows = [row for name in PUBLISHERS for row in _events(f"{name}-relay", "lag")]
    return sum(row["waiting"] for row in rows if row["where"].endswith(" outbox"))


def _sum(rows: list[dict[str, Any]], *names: str) -> int:
    return sum(row[name] for row in rows for name in names)


def _events(component: str, *words: str) -> list[dict[str, Any]]:
    command = ["kubectl", "--namespace", NAMESPACE, "exec", f"deployment/{RELEASE}-{component}", "--"]
    command += ["broadsheet", "events", *words, "--json"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    try:  # exit code 1 is a finding, and is told as well
        rows: list[dict[str, Any]] = json.loads(answer.stdout)
    except json.JSONDecodeError:
        raise ClusterError(f"events {words[0]}: {answer.stderr[-500:]}") from None
    return rows


def _databases() -> list[str]:
    """The audit compares two services' tables, and each service knows its own database alone."""
    return [word for name in PUBLISHERS for word in ("--database", f"{name}={_url(name)}")]


def _url(service: str) -> str:
    secret = get("secret", f"{RELEASE}-{service}")["data"]
    return base64.b64decode(secret[f"{service.upper()}_DATABASE_URL"]).decode()
