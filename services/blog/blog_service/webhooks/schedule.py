"""When a delivery that failed is tried again, and for how long a webhook that fails is left in peace."""

from datetime import datetime, timedelta

RETRIES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)
)
"""After each attempt that failed, until the next: about three days together."""
LONGEST_REST = timedelta(minutes=10)
DISABLED_AFTER = timedelta(days=3)
"""For how long a webhook may fail, whatever is sent to it."""


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None: never."""
    return now + RETRIES[attempts - 1] if attempts <= len(RETRIES) else None


def rest(failures: int) -> timedelta:
    """How long nothing else is sent after so many failures in a row: whoever is down is not helped by being asked."""
    return min(RETRIES[min(failures, len(RETRIES)) - 1], LONGEST_REST)
