"""Fetches the key set of the token issuer, and keeps it fresh."""

import threading
import time

import urllib3

from chassis.liveness import Loop
from chassis.logging import get_logger
from chassis.problems import Problem
from chassis.tokens.keys import KeySet, VerifyingKey

SPARE_SECONDS = 60
"""How much later than due a refresh may be."""
_AS_IT_IS_NOW = {"Cache-Control": "no-cache"}  # a key set that was kept may lack the key that is looked for
log = get_logger()


class JwksClient:
    """Keeps a KeySet fresh from a URL: in the background, and once (rate-limited) for a kid it has not seen.

    The background begins with ``start()``, or with the first token. Nobody waits for it, so a service starts while the
    issuer is down.
    """

    def __init__(
        self, url: str, *, refresh_seconds: float = 60, refetch_seconds: float = 10, timeout: float = 2
    ) -> None:
        self.keys = KeySet()
        self._url = url
        self._refresh_seconds = refresh_seconds
        self._refetch_seconds = refetch_seconds
        self._timeout = timeout
        self._tried_at = float("-inf")
        self._lock = threading.Lock()
        self._loop: Loop | None = None

    def get(self, kid: str) -> VerifyingKey | None:
        """The key of ``kid``, or None; raises Problem 503 ``keys_unavailable`` without a JWKS that is believed."""
        key = self.keys.get(kid)
        if key is None:
            self._refetch(kid)
            key = self.keys.get(kid)
        if key is None and not self.keys.usable:
            raise Problem(503, "keys_unavailable", "Access tokens cannot be verified at the moment.")
        return key

    def refresh(self) -> bool:
        """Fetch now; False, and the last good keys kept, if that fails."""
        try:
            answer = urllib3.request(
                "GET", self._url, headers=_AS_IT_IS_NOW, timeout=self._timeout, retries=False, redirect=False
            )
            self.keys.replace(answer.json())
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            log.warning("jwks not refreshed", url=self._url, error=type(error).__name__)
            return False
        return True

    def start(self) -> None:
        """Begin to refresh in the background, at once where there are no keys yet."""
        if self._loop is None:
            self._loop = Loop("jwks", self._turn, within=self._refresh_seconds + SPARE_SECONDS)

    def close(self) -> None:
        if self._loop:
            self._loop.stop()

    @property
    def _empty(self) -> bool:
        return self.keys.age_seconds == float("inf")

    def _refetch(self, kid: str) -> None:
        with self._lock:  # others wait for the one fetch instead of failing beside it
            if self.keys.get(kid) or time.monotonic() - self._tried_at < self._refetch_seconds:
                return
            self._tried_at = time.monotonic()
            self.refresh()
            self.start()

    def _turn(self) -> float:
        if self._empty:
            with self._lock:  # a token may be fetching them
                if self._empty:
                    self.refresh()
        elif self.keys.age_seconds >= self._refresh_seconds / 2:
            self.refresh()
        return self._refresh_seconds
