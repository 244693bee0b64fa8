"""Events accounted for: what services published against what the others handled, read from their databases."""

from dataclasses import dataclass

from tests.cluster.cluster import sql, wait_until

HANDLED = {
    "auth": ("auth.user.registered.v1", "auth.profile.updated.v1"),
    "media": ("media.asset.ready.v1", "media.asset.failed.v1"),
}
"""What blog handles, by who publishes it."""


@dataclass(frozen=True)
class Account:
    """Counts over all time, so that they can be compared after every row."""

    published: int
    handled: int
    parked: int

    @property
    def lost(self) -> int:
        return max(0, self.published - self.handled - self.parked)

    @property
    def doubled(self) -> int:
        return max(0, self.handled + self.parked - self.published)


def account() -> Account:
    """The account once nothing is under way any more, or after a minute and a half as it then is."""
    wait_until(lambda: not waiting(), 90, "the outboxes are empty")
    counted = _count()
    try:
        wait_until(lambda: _count().lost == 0, 60, "all events handled")
    finally:
        counted = _count()
    return counted


def waiting() -> int:
    """Events that no relay has published yet."""
    return sum(int(sql(service, "SELECT count(*) FROM outbox_event WHERE published_at IS NULL")) for service in HANDLED)


def _count() -> Account:
    published = sum(int(sql(service, _published(types))) for service, types in HANDLED.items())
    handled = int(sql("blog", "SELECT count(*) FROM inbox_event WHERE state = 'handled'"))
    parked = int(sql("blog", "SELECT count(*) FROM inbox_event WHERE state <> 'handled'"))
    return Account(published, handled, parked)


def _published(types: tuple[str, ...]) -> str:
    named = ", ".join(f"'{name}'" for name in types)
    return f"SELECT count(*) FROM outbox_event WHERE type IN ({named})"
