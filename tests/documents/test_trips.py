"""The three trips of docs/architecture.md are made as they are told."""

import contextlib
from collections.abc import Iterator

import pytest

from tests.documents.trips import Trace, trips
from tests.support.api import Visitor, expect
from tests.support.photographs import photograph
from tests.support.platform import Platform
from tests.support.waiting import eventually

BODY, EVENT, UPLOAD = trips()


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    return Trace.listening(tmp_path_factory.mktemp("trace"))


@pytest.fixture(scope="module")
def platform(trace: Trace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("platform"))
    platform.settings["PYTHONPATH"] = str(trace.folder)
    with platform:
        yield platform


@pytest.fixture
def alice(platform: Platform, trace: Trace) -> Iterator[Visitor]:
    trace.begin()
    with Visitor(platform.base_url) as visitor:
        yield visitor.register("alice")


def test_each_trip_is_ten_lines() -> None:
    assert [len(trip) for trip in trips().values()] == [10, 10, 10]


def test_body_of_a_post_goes_from_the_gateway_to_its_row(alice: Visitor, trace: Trace) -> None:
    trace.begin()
    alice.create_post()
    assert trace.missing_of(trips()[BODY]) == []


def test_event_goes_from_the_outbox_to_a_handler(alice: Visitor, trace: Trace) -> None:
    """She has just registered."""
    _eventually_whole(trace, EVENT)


def test_upload_becomes_a_rendition(alice: Visitor, trace: Trace) -> None:
    trace.begin()
    expect(alice.upload(photograph(320, 240, seed=alice.username)), 201)
    _eventually_whole(trace, UPLOAD)


def _eventually_whole(trace: Trace, trip: str) -> None:
    with contextlib.suppress(AssertionError):  # the next line says more
        eventually(lambda: not trace.missing_of(trips()[trip]))
    assert trace.missing_of(trips()[trip]) == []
