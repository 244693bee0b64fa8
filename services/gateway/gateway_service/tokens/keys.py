"""The token issuer's public keys, fetched in the background; the last good ones are kept."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from chassis.logging import get_logger
from chassis.tokens import KeySet, VerifyingKey

from gateway_service.refusals import Refusal

JWKS_PATH = "/.well-known/jwks.json"
REFRESH_SECONDS = 60
REFETCH_SECONDS = 10  # between fetches for unknown key ids, which anybody can invent
GRACE_SECONDS = 10  # after which a gateway without keys is ready: what needs no token is served
FIRST_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0)  # while there are no keys at all
RETRY_SECONDS = 15
TIMEOUT_SECONDS = 2

log = get_logger()


class KeySource:
    """Keeps the JWKS (RFC 7517) that ``fetch`` gets. The gateway starts without it, and finds it later."""

    def __init__(self, fetch: Callable[[], Awaitable[bytes]]) -> None:
        self.keys = KeySet()
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._tried_at = float("-inf")
        self._since = time.monotonic()
        self._first_try = asyncio.Event()
        self._withdrawn: list[Callable[[], None]] = []

    def on_withdrawal(self, forget: Callable[[], None]) -> None:
        """Call ``forget`` when a key is no longer published."""
        self._withdrawn.append(forget)

    def key(self, kid: str) -> VerifyingKey | None:
        """The key of an id. Raises Refusal ``keys_unavailable`` without a JWKS that is believed."""
        found = self.keys.get(kid)
        if found is None and not self.keys.usable:
            raise Refusal("keys_unavailable")
        return found

    @property
    def loaded(self) -> bool:
        return self.keys.age_seconds != float("inf")

    def ready(self) -> None:
        """Raise RuntimeError while there are no keys, for the first seconds of the process."""
        if not self.loaded and time.monotonic() - self._since < GRACE_SECONDS:
            raise RuntimeError("no keys yet")

    async def first(self, seconds: float) -> None:
        """Wait until the keys have been asked for once, at most so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._first_try.wait(), seconds)

    async def refresh(self) -> bool:
        """Fetch now; False, and the last good keys kept, if that fails."""
        self._tried_at = time.monotonic()
        before = self.keys.kids()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                self.keys.replace(json.loads(await self._fetch()))
        except Exception as error:  # noqa: BLE001  whatever is published there, the gateway goes on
            log.warning("jwks not refreshed", error=str(error) or type(error).__name__)
            return False
        if before - self.keys.kids():
            for forget in self._withdrawn:
                forget()
        return True

    async def refetch(self) -> None:
        """Fetch once for a key id that is not known; others wait for the same fetch."""
        async with self._lock:
            if time.monotonic() - self._tried_at >= REFETCH_SECONDS:
                await self.refresh()

    async def refresh_forever(self) -> None:
        """Fetch at once, again soon while that fails, and then every few minutes."""
        failures = 0
        while True:
            fetched = await self.refresh()
            self._first_try.set()
            if fetched:
                failures, pause = 0, float(REFRESH_SECONDS)
            else:
                failures, pause = failures + 1, float(RETRY_SECONDS)
            if not self.loaded:
                pause = FIRST_RETRY_SECONDS[min(failures, len(FIRST_RETRY_SECONDS)) - 1]
            await asyncio.sleep(pause)
