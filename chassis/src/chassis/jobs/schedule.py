"""When each job of the schedule ran last, kept in a small JSON file.

The file is replaced when it is damaged, and done without when it cannot be written.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from celery.beat import Scheduler

from chassis import clock
from chassis.liveness import Watch
from chassis.logging import get_logger
from chassis.metrics import gauge

log = get_logger()


class PersistentSchedule(Scheduler):
    """Celery's own keeps Python objects in a database file, and ends where that cannot be read."""

    watch: Watch | None = None
    """Told of each tick in a process that does nothing else; waiting for a broker that is away is not being stuck."""

    def __init__(self, *args: Any, schedule_filename: str, **kwargs: Any) -> None:
        self._file = Path(schedule_filename)
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for name, last in self._kept().items():
            if name in self.schedule:
                self.schedule[name].last_run_at = last

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Queue what is due; answers the seconds until something is again."""
        if self.watch:
            self.watch.tick()
        pause = super().tick(*args, **kwargs)
        gauge("schedule_ticked_timestamp_seconds").set(clock.now().timestamp())
        return pause

    def _ensure_connected(self) -> Any:
        if self.watch:
            self.watch.idle()
        return super()._ensure_connected()  # type: ignore[misc]

    def sync(self) -> None:
        new = self._file.with_suffix(f".{os.getpid()}")
        try:
            new.write_text(json.dumps({name: str(entry.last_run_at) for name, entry in self.schedule.items()}))
            new.replace(self._file)
        except OSError as error:
            log.warning("schedule not kept", file=str(self._file), error=str(error))

    def _kept(self) -> dict[str, datetime]:
        now = self.app.now()
        try:
            kept = json.loads(self._file.read_bytes())
            return {name: min(datetime.fromisoformat(last), now) for name, last in kept.items()}
        except FileNotFoundError:
            return {}
        except Exception as error:  # noqa: BLE001  whatever is in it
            damaged = self._file.with_suffix(".damaged")
            log.warning(
                "schedule file damaged, begun anew", file=str(self._file), error=repr(error), kept_as=str(damaged)
            )
            self._put_aside(damaged)
            return {}

    def _put_aside(self, damaged: Path) -> None:
        try:
            self._file.replace(damaged)
        except OSError as error:
            log.warning("damaged schedule file not moved", file=str(self._file), error=str(error))
