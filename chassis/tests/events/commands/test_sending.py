"""``events replay`` and ``bootstrap``: sending again, and filling a read copy."""

from collections.abc import Iterable
from dataclasses import replace

from chassis.events.envelope import Event
from chassis.events.service import EventService

from tests.support.events import PRINTED, effects, printed
from tests.support.newsroom import Newsroom, Person


def with_snapshot(newsroom: Newsroom, *state: Event) -> EventService:
    """The reader, which can ask the press for all articles there are."""

    def snapshot() -> Iterable[Event]:
        return iter(state)

    return replace(newsroom.reader, replicas={"articles": snapshot})


def test_replay_sends_flagged_copies_to_one_queue(newsroom: Newsroom, person: Person) -> None:
    originals = [printed(1, 1), printed(2, 1), printed(1, 2)]
    newsroom.publish(*originals)
    newsroom.read(3)

    words = ["replay", "--type", PRINTED, "--since", "1h", "--to", newsroom.queue.name]
    assert person.types(newsroom.press, *words) == f"3 events sent to {newsroom.queue.name} again.\n"

    copies = newsroom.read(3)
    assert all(copy.replay for copy in copies)
    assert sorted(copy.causation_id or "" for copy in copies) == sorted(str(event.id) for event in originals)
    assert len(effects(newsroom.reader_database)) == 6


def test_replay_leaves_out_what_was_before(newsroom: Newsroom, person: Person) -> None:
    newsroom.publish(printed())
    words = ["replay", "--type", PRINTED, "--since", "2999-01-01T00:00:00Z", "--to", newsroom.queue.name]
    assert person.asks(newsroom.press, *words) == {"replayed": 0, "queue": newsroom.queue.name}


def test_bootstrap_takes_the_snapshot_through_the_inbox(newsroom: Newsroom, person: Person) -> None:
    reader = with_snapshot(newsroom, printed(1, 7), printed(2, 3))
    answer = person.types(reader, "bootstrap", "articles", "--drain", "0")
    assert answer == "2 taken from the snapshot of articles: 2 handled, 0 parked; the queues are empty.\n"
    assert sorted(sequence for _, sequence in effects(newsroom.reader_database)) == [3, 7]


def test_bootstrap_parks_what_fails(newsroom: Newsroom, person: Person) -> None:
    good, bad = printed(1, 7), printed(2, 3)
    newsroom.failing = {bad.partition_key}
    answer = person.asks(with_snapshot(newsroom, bad, good), "bootstrap", "articles", "--drain", "0", finds=True)
    assert answer == {"taken": 2, "parked": 1, "waiting": 0}


def test_bootstrap_says_when_nobody_drains_the_queue(newsroom: Newsroom, person: Person) -> None:
    newsroom.publish(printed())
    answer = person.types(with_snapshot(newsroom), "bootstrap", "articles", "--drain", "0", finds=True)
    assert "1 events still wait, is a consumer running?" in answer
