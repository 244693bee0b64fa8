"""Takes over the configuration's file when it changes, or on SIGHUP: all of it at once, or the last good one stays."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from chassis.logging import get_logger
from chassis.metrics import counter, gauge
from chassis.settings import SettingsError

from gateway_service.config import read_text

LOOK_SECONDS = 1.0
Sight = tuple[int, int, int] | None
"""When the file was written, which one it is and how long: a ConfigMap is another file each time."""
log = get_logger()


class Reloading:
    """``take_over`` goes by the text of a configuration, or raises SettingsError and changes nothing.

    ``refused`` says what is wrong with the file, if it is not the one that is served.
    """

    def __init__(self, path: Path, take_over: Callable[[str], Awaitable[None]]) -> None:
        self._path = path
        self._apply = take_over
        self._seen = _sight(path)
        self._wanted = asyncio.Event()
        self.refused = ""
        self.applied_at = time.time()
        gauge("gateway_config_refused").set_function(lambda: bool(self.refused))
        gauge("gateway_config_applied_timestamp_seconds").set_function(lambda: self.applied_at)

    def now(self) -> None:
        """Read it, whether it has changed or not; for SIGHUP."""
        self._wanted.set()

    async def watch_forever(self) -> None:
        """Look once a second. A file is read when it is as at the last look: it may be half written."""
        last = self._seen
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wanted.wait()
            sight = _sight(self._path)
            if self._wanted.is_set() or (sight == last and sight != self._seen):
                self._wanted.clear()
                self._seen = sight
                await self._take_over()
            last = sight

    async def _take_over(self) -> None:
        try:
            await self._apply(await asyncio.to_thread(read_text, self._path))
        except Exception as error:  # noqa: BLE001  whatever is in the file, the gateway goes on
            self.refused = str(error) if isinstance(error, SettingsError) else repr(error)
            counter("gateway_config_reloads_total").labels("refused").inc()
            log.error("configuration refused, the last good one stays", reason=self.refused)  # noqa: TRY400  a sentence
            return
        self.refused, self.applied_at = "", time.time()
        counter("gateway_config_reloads_total").labels("applied").inc()
        log.info("configuration applied", file=str(self._path))


def _sight(path: Path) -> Sight:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
