"""``events topology`` and ``schema``: what the code declares and what is there."""

from dataclasses import replace
from pathlib import Path

import pytest
from chassis.events.types import EventData, event
from pydantic import Field

from tests.support.events import PRINTED, SOLD, ArticlePrinted
from tests.support.newsroom import Newsroom, Person


def test_topology_is_planned_applied_and_checked(newsroom: Newsroom, person: Person) -> None:
    name = newsroom.reader_name
    service = replace(newsroom.reader, handlers={"mail.letter.sent.v1": newsroom.handle, **newsroom.reader.handlers})
    queue = f"{name}.mail-events"
    plan = person.asks(service, "topology", "plan")
    assert {"queue": queue, "bound_to": "mail.letter.sent.v1", "dead_letters": f"{queue}.dead"} in plan["declared"]
    assert plan["differences"]
    assert queue in person.types(service, "topology", "check", finds=True)
    for action in ("apply", "check"):
        as_declared, *not_compared = person.types(service, "topology", action).splitlines()
        assert as_declared == f"2 queues of {name} are as declared."
        assert [line.partition(":")[0] for line in not_compared] == without_bindings(newsroom)
    answer = person.asks(service, "topology", "check")
    assert answer["differences"] == []
    assert bool(answer["not_compared"]) is bool(without_bindings(newsroom))


def without_bindings(newsroom: Newsroom) -> list[str]:
    """What is said where the broker does not tell its bindings."""
    if newsroom.events_url.startswith("sqlite:"):
        return []
    return ["Bindings and some arguments were not compared"]


@pytest.mark.servers
def test_topology_of_a_managed_broker_is_checked_to_the_last_binding(
    newsroom: Newsroom, person: Person, rabbitmq_management_url: str
) -> None:
    settings = newsroom.reader.settings.model_copy(update={"events_management_url": rabbitmq_management_url})
    service = replace(newsroom.reader, settings=settings)
    if newsroom.events_url.startswith("amqp:"):
        assert person.types(service, "topology", "check") == f"1 queues of {newsroom.reader_name} are as declared.\n"
    fewer = replace(service, handlers={"press.issue.sold.v1": newsroom.handle})
    answer = person.asks(fewer, "topology", "check", finds=True)
    assert answer["differences"] == [
        f"queue {newsroom.queue.name} is not bound to press.issue.sold.v1",
        f"queue {newsroom.queue.name} is also bound to {PRINTED}",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "contracts"
    folder.mkdir()
    return folder


def test_contracts_are_written_and_checked(newsroom: Newsroom, person: Person, folder: Path) -> None:
    words = ["--contracts", str(folder)]
    assert f"{PRINTED}.schema.json is missing" in person.types(newsroom.press, "schema", "check", *words, finds=True)
    assert person.asks(newsroom.press, "schema", "write", *words) == {"written": 4}
    assert person.asks(newsroom.press, "schema", "check", *words) == []


def test_a_breaking_change_is_refused(newsroom: Newsroom, person: Person, folder: Path) -> None:
    @event(PRINTED, aggregate="article", id_field="article_id")
    class Headless(EventData):
        article_id: str = Field(examples=["a"])

    words = ["--contracts", str(folder)]
    person.types(newsroom.press, "schema", "write", *words)
    before = (folder / f"{PRINTED}.schema.json").read_text()
    careless = replace(newsroom.press, publishes=(Headless,))
    assert "data.title is gone; that needs a new major" in person.types(careless, "schema", "write", *words, finds=True)
    assert "data.title is gone" in person.types(careless, "schema", "check", *words, finds=True)
    assert (folder / f"{PRINTED}.schema.json").read_text() == before


def test_a_type_that_is_promised_stays(newsroom: Newsroom, person: Person, folder: Path) -> None:
    words = ["--contracts", str(folder)]
    person.types(newsroom.press, "schema", "write", *words)
    forgetful = replace(newsroom.press, publishes=(ArticlePrinted,))
    [problem] = person.asks(forgetful, "schema", "check", *words, finds=True)
    assert problem["problem"] == f"{SOLD} is promised and press does not publish it any more"
