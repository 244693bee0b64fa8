"""``events tail``, ``show`` and ``lag``: looking without touching."""

import threading

import pytest
from chassis.events.envelope import encode

from tests.support.events import PRINTED, printed, publish
from tests.support.newsroom import Newsroom, Person


def test_show_tells_every_hop_in_every_service(newsroom: Newsroom, person: Person) -> None:
    event = printed()
    newsroom.publish(event)
    newsroom.read(1)
    for service in (newsroom.press, newsroom.reader):
        answer = person.asks(service, "show", str(event.id))
        assert answer["event"]["id"] == str(event.id)
        assert [(hop["where"], hop["state"]) for hop in answer["hops"]] == [
            ("press outbox", "written"),
            ("press outbox", "published"),
            (f"{newsroom.queue.name} inbox", "received"),
            (f"{newsroom.queue.name} inbox", "handled"),
        ]
        assert all(hop["at"] for hop in answer["hops"])


def test_show_tells_where_an_event_has_not_come(newsroom: Newsroom, person: Person) -> None:
    newsroom.publish(printed(1))
    newsroom.read(1)
    waiting = printed(2)
    publish(newsroom.press_database, waiting)
    hops = person.asks(newsroom.press, "show", str(waiting.id))["hops"]
    assert [(hop["where"], hop["state"]) for hop in hops[1:]] == [
        ("press outbox", "pending"),
        (f"{newsroom.queue.name} inbox", "not received"),
    ]


def test_show_finds_dead_letters_and_errors(newsroom: Newsroom, person: Person) -> None:
    letter, dead = printed(1), printed(2)
    newsroom.kill(dead)
    newsroom.dead_letter(encode(letter))
    assert "RuntimeError: out of paper" in person.types(newsroom.press, "show", str(dead.id))
    [hop] = person.asks(newsroom.reader, "show", str(letter.id))["hops"]
    assert (hop["where"], hop["state"], hop["error"]) == (newsroom.queue.dead, "dead letter", "it is no event")


def test_show_says_what_is_out_of_reach(newsroom: Newsroom, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHIVE_DATABASE_URL", "mysql://archive/archive")
    event = printed()
    newsroom.publish(event)
    assert "archive is out of reach: The database URL must begin" in person.types(newsroom.press, "show", str(event.id))
    assert "archive is out of reach" in person.is_told(newsroom.press, "show", str(printed().id))


def test_lag_tells_what_waits_where(newsroom: Newsroom, person: Person) -> None:
    newsroom.kill(printed(1, 1), printed(1, 2))
    newsroom.dead_letter(b"no event")
    newsroom.publish(printed(2))
    publish(newsroom.press_database, printed(3), printed(4))
    [outbox] = person.asks(newsroom.press, "lag")
    assert (outbox["where"], outbox["waiting"]) == ("press outbox", 2)
    [_, inbox] = person.asks(newsroom.reader, "lag")
    assert [inbox[name] for name in ("failed", "held", "dead", "dead_letters")] == [0, 1, 1, 1]
    assert (inbox["where"], inbox["waiting"]) == (newsroom.queue.name, 1)


def test_lag_tells_a_missing_queue(newsroom: Newsroom, person: Person, reader: str) -> None:
    object.__setattr__(newsroom.reader, "name", "stranger")
    [_, inbox] = person.asks(newsroom.reader, "lag")
    assert inbox["note"] == "no such queue; `broadsheet stranger events topology apply` makes it"


def test_tables_are_aligned(newsroom: Newsroom, person: Person) -> None:
    headings, outbox, inbox = person.types(newsroom.reader, "lag").splitlines()
    assert headings.split() == ["WHERE", "WAITING", "CONSUMERS", "FAILED", "HELD", "DEAD", "DEAD", "LETTERS", "NOTE"]
    column = headings.index("WAITING")
    assert [line[column - 2 : column + 1] for line in (outbox, inbox)] == ["  0", "  0"]


@pytest.mark.parametrize("words", [["--type", PRINTED], ["--type", "press.#"], []])
def test_tail_shows_events_as_they_are_published(newsroom: Newsroom, person: Person, words: list[str]) -> None:
    wanted = printed(1)
    stop = threading.Event()

    def keep_publishing() -> None:
        sequence = 1
        while not stop.is_set():
            newsroom.publish(printed(2, sequence), printed(1, sequence))
            sequence += 1
            stop.wait(0.1)
        newsroom.close()  # the connections of this thread

    thread = threading.Thread(target=keep_publishing)
    thread.start()
    try:
        answer = person.asks(newsroom.press, "tail", *words, "--subject", wanted.subject, "--count", "1")
    finally:
        stop.set()
        thread.join()
    assert (answer["subject"], answer["type"], answer["data"]) == (wanted.subject, PRINTED, wanted.data)


def test_pausing_holds_events_back_until_it_is_over(newsroom: Newsroom, person: Person) -> None:
    assert person.types(newsroom.press, "pause") == "The outbox of press is paused: all shards.\n"
    newsroom.publish(printed())
    [outbox] = person.asks(newsroom.press, "lag")
    assert (outbox["waiting"], outbox["note"].partition(", ")[2]) == (1, "8 shards paused")
    person.types(newsroom.press, "resume")
    newsroom.publish()
    assert len(newsroom.read(1)) == 1


def test_one_shard_can_be_paused(newsroom: Newsroom, person: Person) -> None:
    assert person.asks(newsroom.press, "pause", "--shard", "3") == {"state": "paused", "shards": [3]}
    assert person.asks(newsroom.press, "lag")[0]["note"] == "1 shards paused"
