"""When cyclic garbage is collected."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from chassis import gc_tuning


class Link:
    """A cycle by itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_a_starting_process_collects_seldom_and_a_serving_one_as_usual() -> None:
    before = gc.get_threshold()
    gc_tuning.relax_for_startup()
    assert gc.get_threshold()[0] > before[0]
    gc_tuning.freeze_for_serving()
    assert gc.get_threshold() == before


def test_what_is_there_when_serving_begins_is_not_looked_at_again() -> None:
    early = weakref.ref(Link())
    gc_tuning.freeze_for_serving()
    late = weakref.ref(Link())
    gc.collect()
    assert early()
    assert not late()
