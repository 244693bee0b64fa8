"""``events purge``: nothing is left of what must be forgotten."""

from chassis.events.dead_letters import browse
from chassis.events.envelope import encode
from chassis.events.forgetting import forget_dead_letters
from chassis.events.topology import dead_queue

from tests.support.events import printed, publish, rows
from tests.support.newsroom import Newsroom, Person
from tests.support.waiting import eventually


def test_a_subject_is_forgotten_in_outbox_inbox_and_dead_letters(newsroom: Newsroom, person: Person) -> None:
    forgotten, other = printed(1, 1), printed(2, 1)
    newsroom.kill(forgotten, printed(1, 2), other)
    newsroom.dead_letter(encode(forgotten), b"bytes about " + forgotten.partition_key.encode(), encode(other), b"\xff")

    answer = person.types(newsroom.press, "purge", "--subject", forgotten.subject)
    assert answer == f"Forgotten of {forgotten.subject}: 2 in the outbox, 0 in the inbox, 0 in the dead letters.\n"
    answer = person.asks(newsroom.reader, "purge", "--subject", forgotten.subject)
    assert answer == {"outbox": 0, "inbox": 2, "dead_letters": 2}

    for database in (newsroom.press_database, newsroom.reader_database):
        left = rows(database, "SELECT envelope FROM outbox_event UNION ALL SELECT envelope FROM inbox_event")
        assert forgotten.partition_key not in str(left)
    assert other.partition_key in str(rows(newsroom.press_database, "SELECT envelope FROM outbox_event"))
    [(_, other_waits)] = rows(
        newsroom.reader_database, "SELECT event_id, envelope FROM inbox_event WHERE state = 'dead'"
    )
    assert other.partition_key in other_waits
    # the broker puts back what the command has looked at once it sees that its connection is closed
    eventually(lambda: (depth := newsroom.transport.depth(dead_queue(newsroom.queue.name))) and depth.ready == 2)


def test_dead_letters_that_name_somebody_are_taken_off_and_others_stay(newsroom: Newsroom) -> None:
    forgotten, other = printed(1, 1), printed(2, 1)
    newsroom.dead_letter(encode(forgotten), b"bytes about " + forgotten.partition_key.encode(), encode(other), b"\xff")
    queues = [newsroom.queue.name, f"{newsroom.reader.name}.nobody-events"]
    forget_dead_letters(newsroom.reader.settings.events_url, queues, forgotten.partition_key)

    def bodies() -> list[bytes]:
        return [letter.body for letter in browse(newsroom.transport, newsroom.queue.name)]

    eventually(lambda: sorted(bodies()) == sorted([encode(other), b"\xff"]))


def test_a_forgotten_event_is_not_handled_when_it_comes_again(newsroom: Newsroom, person: Person) -> None:
    event = printed()
    newsroom.kill(event)
    person.asks(newsroom.reader, "purge", "--subject", event.subject)
    assert newsroom.retry() == 0
    newsroom.dead_letter(encode(event))
    person.asks(newsroom.reader, "dead", "redrive", "--all")
    newsroom.read(1)
    assert rows(newsroom.reader_database, "SELECT count(*) FROM effect") == [(0,)]


def test_what_is_not_published_yet_is_not_forgotten(newsroom: Newsroom, person: Person) -> None:
    event = printed()
    publish(newsroom.press_database, event)
    assert "1 events of" in person.is_told(newsroom.press, "purge", "--subject", event.subject)
    assert rows(newsroom.press_database, "SELECT count(*) FROM outbox_event") == [(1,)]


def test_old_rows_go(newsroom: Newsroom, person: Person) -> None:
    newsroom.publish(printed(1), minutes_ago=8 * 24 * 60)
    assert person.asks(newsroom.press, "purge", "--old") == {"deleted": 1}
    assert person.types(newsroom.press, "purge", "--old") == "0 old rows deleted.\n"
