"""Makes a process of the platform count, time and tell nothing: what its requests cost without all that.

Python imports this first where its folder is on PYTHONPATH. The log is switched off by LOG_LEVEL, spans and StatsD by
not being set up; metrics have no switch, so each module that counts is changed once it is there.
"""

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any


class Nothing:
    """A metric that takes everything and keeps nothing."""

    def __getattr__(self, name: str) -> Any:
        return self._take

    def _take(self, *_: Any, **__: Any) -> "Nothing":
        return self


def blind_metrics(metrics: Any) -> None:
    """Of Django's and FastAPI's services, and of all background processes."""
    nothing = Nothing()
    for name in ("metric", "counter", "gauge", "histogram"):
        setattr(metrics, name, lambda _: nothing)

    @contextlib.contextmanager
    def http_request(_method: str) -> Iterator[Any]:
        yield metrics.RequestTimer()

    metrics.http_request = http_request


def blind_tallies(tallies: Any) -> None:
    """Of the gateway."""
    tallies.Count.inc = lambda _: None
    tallies.Durations.observe = lambda *_: None


def blind_record(record: Any) -> None:
    """The gateway's figures and its line in the log."""
    record.Record.exchange = lambda *_: None


BLINDED: dict[str, Callable[[Any], None]] = {
    "chassis.metrics": blind_metrics,
    "chassis.tallies": blind_tallies,
    "gateway_service.record": blind_record,
}


class Blinding(importlib.abc.MetaPathFinder):
    """Finds these modules as Python does, and has them changed when they are loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in BLINDED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert spec
        assert spec.loader
        loader = spec.loader
        load = loader.exec_module

        def load_blinded(module: ModuleType) -> None:
            load(module)
            BLINDED[fullname](module)

        loader.exec_module = load_blinded  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, Blinding())
