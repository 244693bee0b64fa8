"""One fault: the alerts it must set off fire, their runbooks' commands run, and they resolve."""

import contextlib
import re
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from tests.alerts import runbooks
from tests.alerts.faults import ALWAYS, Fault
from tests.alerts.runbooks import Command
from tests.alerts.stage import Stage
from tests.support.waiting import eventually

QUIET_SECONDS = 240
FIRES_SECONDS = 240
RESOLVES_SECONDS = 300
PLACEHOLDERS = {"POD": "", "ID": r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"}
"""What a reader puts in their place: found in what the command before has printed."""


class ProofError(Exception):
    """An alert or its runbook is not as it should be; the message says how."""


@dataclass(frozen=True)
class Proved:
    """What was seen of one alert. Times are seconds, ``ran`` the page's commands and queries that were run."""

    alert: str
    fault: str
    date: str
    fired: float
    resolved: float
    beside: list[str]
    ran: int
    of_a_cluster: int

    def document(self) -> dict[str, Any]:
        return asdict(self)


class Proof:
    """The steps of one fault; ``beside`` gathers what else has fired."""

    def __init__(self, stage: Stage, fault: Fault) -> None:
        self.stage = stage
        self.fault = fault
        self.beside: set[str] = set()
        self.ran = dict.fromkeys(fault.proves, 0)
        self.of_a_cluster = self.ran.copy()
        self._printed = ""

    def prove(self) -> list[Proved]:
        """Raises ProofError; the fault is mended in any case."""
        self._await_quiet()
        self.stage.alice.log_in()  # tokens last ten minutes
        began = time.monotonic()
        with contextlib.ExitStack() as broken:
            broken.enter_context(self.fault.inject(self.stage))
            fired = self._await_all(began, True, FIRES_SECONDS)
            self._run("Check", finds=True)
            mended = time.monotonic()
            if not self.fault.by_the_page:
                broken.close()
            self._run("Fix")
            resolved = self._await_all(mended, False, RESOLVES_SECONDS)
        self._run("Verify")
        return [self._proved(alert, fired[alert], resolved[alert]) for alert in self.fault.proves]

    def _await_quiet(self) -> None:
        """Nothing is amiss, nor about to be."""
        try:
            eventually(
                lambda: {name for name, _ in self.stage.alerts("pending", "firing")} == {ALWAYS},
                seconds=QUIET_SECONDS,
                every=1,
            )
        except AssertionError as error:
            raise ProofError(f"there is no quiet before it: {self.stage.alerts('pending', 'firing')}") from error

    def _proved(self, alert: str, fired: float, resolved: float) -> Proved:
        beside = sorted(self.beside | {*self.fault.proves} - {alert})
        date = datetime.now(UTC).date().isoformat()
        ran, of_a_cluster = self.ran[alert], self.of_a_cluster[alert]
        return Proved(alert, self.fault.name, date, round(fired, 1), round(resolved, 1), beside, ran, of_a_cluster)

    def _await_all(self, began: float, firing: bool, seconds: float) -> dict[str, float]:
        """When each alert began, or ceased, to fire."""
        after: dict[str, float] = {}

        def all_do() -> bool:
            now = self._fires()
            for alert in self.fault.proves:
                if (alert in now) == firing:
                    after.setdefault(alert, time.monotonic() - began)
            return len(after) == len(self.fault.proves)

        try:
            eventually(all_do, seconds=seconds, every=0.5)
        except AssertionError as error:
            state = "fire" if firing else "resolve"
            raise ProofError(f"{[each for each in self.fault.proves if each not in after]} do not {state}") from error
        return after

    def _fires(self) -> set[str]:
        """The names of what fires; raises ProofError when something does that the fault does not explain."""
        firing = self.stage.alerts("firing")
        explained = {*self.fault.proves, *self.fault.also, ALWAYS}
        for name, component in firing:
            if name not in explained or (component and component not in self.fault.components):
                self._unexplained(name, component)
        names = {name for name, _ in firing}
        self.beside |= names - {*self.fault.proves, ALWAYS}
        return names

    def _unexplained(self, name: str, component: str) -> None:
        raise ProofError(f"{name} {component} fires, and nothing of this fault explains it".replace("  ", " "))

    def _run(self, section: str, *, finds: bool = False) -> None:
        """All commands and queries of a section of each page; ``finds``: one of its queries finds something."""
        for alert in self.fault.proves:
            text = runbooks.read(alert)[section]
            for command in runbooks.commands(text):
                self._run_one(alert, command)
            asked = [self.stage.found(query) for query in runbooks.queries(text)]
            self.ran[alert] += len(asked)
            if finds and asked and not any(asked):
                raise ProofError(f"{alert}: none of the queries under {section} finds anything while it fires")

    def _run_one(self, alert: str, command: Command) -> None:
        if not command.words:
            self.of_a_cluster[alert] += 1
            return
        words = [self._filled(word) for word in command.words]
        done = self.stage.run(words, command.service, follows=command.follows)
        if done.returncode and not command.tells:
            raise ProofError(f"{alert}: {command.text} as {' '.join(words)} ended with {done.returncode}:\n"
                             f"{done.stdout}{done.stderr}")  # fmt: skip
        self._printed = done.stdout
        self.ran[alert] += 1

    def _filled(self, word: str) -> str:
        pattern = PLACEHOLDERS.get(word)
        if not pattern:
            return word
        found = re.search(pattern, self._printed)
        if not found:
            raise ProofError(f"the command before printed nothing to put in place of {word}:\n{self._printed}")
        return found[0]
