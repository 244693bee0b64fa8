"""What a service shows another one: a service token, got from auth and kept, and SERVICE_TOKEN while that is still set.

An older service knows SERVICE_TOKEN alone, and a newer one either, so the two may be upgraded in any order.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from chassis.logging import get_logger

SERVICE_TOKEN_HEADER = "X-Service-Token"  # noqa: S105  a header's name
SPARE_SECONDS = 30
"""How long before its end a token is shown no more: a call takes time."""
RETRY_SECONDS = 5
"""How long auth is left alone after it gave none."""
log = get_logger()


class CredentialsUnavailable(Exception):  # noqa: N818  said of auth
    """Auth gives no token, and none is left that counts."""


class ServiceToken(NamedTuple):
    """A token, and for how many seconds from now it counts."""

    text: str
    seconds: float


class Credentials:
    """For one audience. ``issue`` is asked when half of a token's life is over; the old one is shown while it counts.

    So auth may be away for half a token's life before anybody notices.
    """

    def __init__(
        self, issue: Callable[[], ServiceToken], *, former: str = "", now: Callable[[], float] = time.monotonic
    ) -> None:
        self._issue = issue
        self._former = {SERVICE_TOKEN_HEADER: former} if former else {}
        self._now = now
        self._lock = Lock()
        self.forget()

    def headers(self) -> dict[str, str]:
        """What to send; raises CredentialsUnavailable."""
        now = self._now()
        # with a token that still counts nobody waits for the one who gets the next
        if now >= self._ask_at and self._lock.acquire(blocking=now >= self._over_at):
            try:
                self._renew()
            finally:
                self._lock.release()
        if self._now() < self._over_at:
            return {"Authorization": f"Bearer {self._text}"} | self._former
        if not self._former:
            raise CredentialsUnavailable("auth gives no service token")
        return self._former

    def forget(self) -> None:
        """Get a new token for the next call: this one was refused, as when its key is withdrawn."""
        self._text = ""
        self._ask_at = self._over_at = float("-inf")

    def _renew(self) -> None:
        now = self._now()
        if now < self._ask_at:  # somebody else has just asked
            return
        try:
            token = self._issue()
        except CredentialsUnavailable as error:
            log.warning("no service token", error=str(error))
            self._ask_at = now + RETRY_SECONDS
        else:
            self._text = token.text
            self._ask_at, self._over_at = now + token.seconds / 2, now + token.seconds - SPARE_SECONDS
