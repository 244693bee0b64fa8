"""``events dead``: looking at what cannot be handled, trying it again, giving it up."""

import pytest
from chassis.events.envelope import encode

from tests.support.events import effects, printed, rows
from tests.support.newsroom import Newsroom, Person

NO_EVENT = b"\x00\xff no event"


@pytest.fixture
def dead_id(newsroom: Newsroom) -> str:
    """An event that died in the inbox, with another one held behind it."""
    dead, held = printed(1, 1), printed(1, 2)
    newsroom.kill(dead, held)
    return str(dead.id)


def test_dead_of_inbox_and_broker_are_listed_and_stay(newsroom: Newsroom, person: Person, dead_id: str) -> None:
    newsroom.dead_letter(NO_EVENT)
    for _ in range(2):  # looking takes nothing away
        listed = person.asks(newsroom.reader, "dead", "ls")
        assert [(row["place"], row["reason"]) for row in listed] == [
            ("inbox", "RuntimeError: out of paper"),
            ("broker", "it is no event"),
        ]
    assert listed[0]["id"] == dead_id
    assert [row["state"] for row in person.asks(newsroom.reader, "dead", "ls", "--parked")] == ["dead", "held", "dead"]
    assert dead_id in person.types(newsroom.reader, "dead", "ls", "--queue", newsroom.queue.name)


def test_reason_of_several_lines_takes_one_of_the_table(newsroom: Newsroom, person: Person, dead_id: str) -> None:
    with newsroom.reader_database.transaction() as transaction:
        transaction.execute("UPDATE inbox_event SET error = %s WHERE state = 'dead'", ("no paper\nnor ink",))
    [_, line] = person.types(newsroom.reader, "dead", "ls").splitlines()
    assert line.endswith("no paper nor ink")


def test_one_is_shown_with_its_body(newsroom: Newsroom, person: Person, dead_id: str) -> None:
    newsroom.dead_letter(NO_EVENT)
    [_, letter] = person.asks(newsroom.reader, "dead", "ls")
    assert person.asks(newsroom.reader, "dead", "show", dead_id)["body"]["data"]["title"] == "Article 1"
    assert person.asks(newsroom.reader, "dead", "show", letter["id"])["body"] == "\x00\\xff no event"


def test_redriven_event_and_those_it_held_have_their_effect(newsroom: Newsroom, person: Person, dead_id: str) -> None:
    assert person.types(newsroom.reader, "dead", "redrive", dead_id) == "1 will be tried again.\n"
    assert newsroom.retry() == 2
    assert [sequence for _, sequence in effects(newsroom.reader_database)] == [1, 2]
    assert person.types(newsroom.reader, "dead", "ls") == "Nothing is dead.\n"


def test_held_event_is_not_redriven_before_its_turn(newsroom: Newsroom, person: Person, dead_id: str) -> None:
    [_, held] = person.asks(newsroom.reader, "dead", "ls", "--parked")
    assert "waits for an earlier event of its key" in person.is_told(newsroom.reader, "dead", "redrive", held["id"])


def test_redriven_letter_comes_to_its_queue_again(newsroom: Newsroom, person: Person) -> None:
    event = printed()
    newsroom.dead_letter(encode(event), NO_EVENT)
    assert person.asks(newsroom.reader, "dead", "redrive", str(event.id)) == {"ids": [str(event.id)]}
    assert newsroom.read(1) == [event]
    assert effects(newsroom.reader_database) == [(event.partition_key, 1)]
    assert [row["type"] for row in person.asks(newsroom.reader, "dead", "ls")] == [None]


def test_everything_is_redriven_at_once(newsroom: Newsroom, person: Person, dead_id: str) -> None:
    letter = printed(5)
    newsroom.dead_letter(encode(letter))
    assert person.asks(newsroom.reader, "dead", "redrive", "--all") == {"ids": [dead_id, str(letter.id)]}
    newsroom.read(1)
    newsroom.retry()
    assert len(effects(newsroom.reader_database)) == 3


def test_discarded_event_says_why_and_releases_those_it_held(newsroom: Newsroom, person: Person, dead_id: str) -> None:
    newsroom.dead_letter(NO_EVENT)
    answer = person.types(newsroom.reader, "dead", "discard", "--all", "--reason", "sold out")
    assert answer == "2 given up.\n"
    assert newsroom.retry() == 1
    assert [sequence for _, sequence in effects(newsroom.reader_database)] == [2]
    assert person.types(newsroom.reader, "dead", "ls", "--parked") == "Nothing is dead.\n"
    why = rows(newsroom.reader_database, "SELECT error FROM inbox_event WHERE event_id = %s", dead_id)
    assert why == [("discarded: sold out",)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "nobody"], "Nothing that waits has the id 'nobody'"),
        (["redrive", "nobody"], "Nothing that waits has the id 'nobody'"),
        (["discard", "nobody", "--reason", "none"], "Nothing that waits has the id 'nobody'"),
        (["discard", "nobody"], "--reason"),
        (["redrive"], "one of the arguments id --all is required"),
        (["ls", "--queue", "other.press-events"], "other.press-events is no queue of"),
        (["bury"], "invalid choice: 'bury'"),
    ],
)
def test_wrong_words_are_one_sentence(newsroom: Newsroom, person: Person, words: list[str], sentence: str) -> None:
    assert sentence in person.is_told(newsroom.reader, "dead", *words)
