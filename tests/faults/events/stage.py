"""A press and its reader, each with a database of its own, and the processes between them that a test breaks."""

import itertools
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.events import outbox, parked_events
from chassis.events.audit import UNDER_WAY, Account, account
from chassis.events.databases import plain
from chassis.events.envelope import Event
from chassis.events.transports import Transport

from chassis import clock
from tests.faults.events.processes import READER, Script
from tests.support import events as press
from tests.support.events import printed, wait_until


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the effects say of the events: each exactly once, and those of a key in order?"""

    events: int
    lost: int
    doubled: int
    out_of_order: int

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.out_of_order)


class Stage:
    """Everything a case needs; ``break_down`` ends what still runs."""

    def __init__(self, folder: Path, press_url: str, reader_url: str, events_url: str) -> None:
        self.folder = folder
        self.press_url, self.reader_url, self.events_url = press_url, reader_url, events_url
        self.press, self.reader = plain.connect(press_url), plain.connect(reader_url)
        self.published: list[Event] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        with self.reader.transaction() as transaction:
            transaction.execute("CREATE TABLE trouble (key text)")
            transaction.execute("CREATE TABLE copy (key text PRIMARY KEY, sequence integer, title text)")

    @property
    def transport(self) -> Transport:
        return Script(role="", database="", events=self.events_url).transport()

    def publish(self, *events: Event) -> None:
        """Commit events in the press's outbox, one transaction each."""
        for event in events:
            with self.press.transaction() as transaction:
                outbox.add(transaction.execute, self.press.dialect, event)
            self.published.append(event)

    def publish_many(self, count: int, keys: int) -> None:
        """Commit events of several keys in turn."""
        self.publish(*(printed(number % keys + 1, number // keys + 1) for number in range(count)))

    def relay(self, dies: str = "", **script: Any) -> "subprocess.Popen[bytes]":
        """Start a relay."""
        return self._start("relay", self.press_url, dies, **script)

    def consumer(self, dies: str = "", **script: Any) -> "subprocess.Popen[bytes]":
        """Start a consumer, and wait until its queue is there."""
        process = self._start("consumer", self.reader_url, dies, **script)
        wait_until(lambda: self.transport.depth(READER.name) is not None, every=0.2)
        return process

    def died(self, process: "subprocess.Popen[bytes]", seconds: float = 30) -> None:
        """Wait until a process has died at its failpoint."""
        assert process.wait(seconds) == -9, f"it ended with {process.returncode}: {self.log(process)}"

    def effects(self) -> list[tuple[str, int]]:
        return press.effects(self.reader)

    def parked(self) -> dict[str, int]:
        return parked_events.count(self.reader, READER.name)

    def settle(self, seconds: float = 60, but: int = 0) -> None:
        """Wait until every event has had its effect, but so many, and then until nothing is on its way any more."""
        wanted = {(event.partition_key, event.sequence) for event in self.published}
        wait_until(lambda: len(set(self.effects())) >= len(wanted) - but, seconds, every=0.1)
        wait_until(self.quiet, seconds, every=0.1)

    def verdict(self) -> Verdict:
        """Compare effects with events."""
        wanted = {(event.partition_key, event.sequence) for event in self.published}
        counted = Counter(self.effects())
        by_key: dict[str, list[int]] = defaultdict(list)
        for key, sequence in self.effects():
            if sequence not in by_key[key]:
                by_key[key].append(sequence)
        disorder = sum(
            later < earlier for sequences in by_key.values() for earlier, later in itertools.pairwise(sequences)
        )
        return Verdict(
            events=len(wanted),
            lost=len(wanted - counted.keys()),
            doubled=sum(times - 1 for times in counted.values()),
            out_of_order=disorder,
        )

    def audit(self) -> Account:
        """The audit as an operator would see it some time later."""
        return account(READER, self.press, self.reader, now=lambda: clock.now() + UNDER_WAY * 2)

    def log(self, process: "subprocess.Popen[bytes]") -> str:
        """The end of what a process has said."""
        return "\n".join(self._log_file(process).read_text().splitlines()[-5:])

    def reconnect(self) -> None:
        """Forget connections to databases that went away."""
        self.press.close()
        self.reader.close()

    def break_down(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.press.close()
        self.reader.close()

    def _start(self, role: str, database: str, dies: str, **script: Any) -> "subprocess.Popen[bytes]":
        trigger = self.folder / f"trigger-{len(self.processes)}"
        if dies:
            trigger.touch()
        words = Script(role=role, database=database, events=self.events_url, dies=dies, trigger=str(trigger), **script)
        with (self.folder / f"process-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(words.command(), stdout=log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def _log_file(self, process: "subprocess.Popen[bytes]") -> Path:
        return self.folder / f"process-{self.processes.index(process)}.log"

    def quiet(self) -> bool:
        """Whether nothing waits in the outbox or on the queue."""
        [(pending,)] = press.rows(self.press, "SELECT count(*) FROM outbox_event WHERE published_at IS NULL")
        depth = self.transport.depth(READER.name)
        return pending == 0 and depth is not None and depth.ready == 0
