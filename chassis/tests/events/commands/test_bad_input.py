"""Whatever cannot be is refused with one sentence."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from chassis.events.service import EventService

from tests.support.events import PRINTED, ArticlePrinted, rows, sqlite_url
from tests.support.newsroom import Newsroom, NewsSettings, Person


@pytest.fixture
def press(tmp_path: Path) -> Iterator[EventService]:
    """The press on SQLite: what is refused here is refused before anything is asked."""
    with sqlite_url(tmp_path) as url:
        settings = NewsSettings(database_url=url, events_url=f"sqlite:///{tmp_path}/bus.sqlite3")
        yield EventService(name="press", settings=settings, publishes=(ArticlePrinted,))


REPLAY = ["replay", "--type", PRINTED, "--since", "1h", "--to"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "the following arguments are required: verb"),
        (["look"], "invalid choice: 'look'"),
        (["show", "17"], "'17' is no event id"),
        (["tail", "--type", "press.article.burnt.v1"], "press neither publishes nor handles press.article.burnt.v1"),
        (["tail", "--subject", "alice"], "'alice' is no subject"),
        (["replay", "--type", "press.x.y.v1", "--since", "1h", "--to", "q"], "press does not publish press.x.y.v1"),
        (["replay", "--type", PRINTED, "--since", "soon", "--to", "q"], "'soon' is no time"),
        ([*REPLAY, "reader.mail-events"], "reader.mail-events takes no events of press"),
        (["audit", "--since", "2026-13-01"], "'2026-13-01' is no time"),
        (["audit", "--database", "blog"], "--database takes NAME=URL, not 'blog'"),
        (["bootstrap", "authors"], "press has no read copy 'authors'; it has: none"),
        (["purge"], "one of the arguments --subject --old is required"),
        (["purge", "--subject", "user/"], "'user/' is no subject"),
        (["pause", "--shard", "8"], "There is no shard 8; there are 0 to 7"),
        (["topology"], "the following arguments are required: action"),
        (["schema", "check", "--contracts", "/nowhere"], "There is no folder /nowhere"),
        (["dead", "ls", "--queue", "blog.auth-events"], "blog.auth-events is no queue of press; there are: none"),
    ],
)
def test_wrong_words_are_refused(press: EventService, person: Person, words: list[str], sentence: str) -> None:
    if words[:1] == ["audit"]:
        press = replace(press, handlers={"mail.letter.sent.v1": print})
    assert sentence in person.is_told(press, *words)


def test_what_is_not_there_is_refused(newsroom: Newsroom, person: Person) -> None:
    unknown = "019aae60-2c00-7000-8000-000000000001"
    assert f"No event {unknown} in press, {newsroom.reader_name}." in person.is_told(newsroom.press, "show", unknown)
    assert "no queue nobody.press-events" in person.is_told(newsroom.press, *REPLAY, "nobody.press-events")


def test_database_without_the_tables_says_which_migration_is_missing(newsroom: Newsroom, person: Person) -> None:
    for table in ("outbox_event", "outbox_shard", "inbox_event"):
        rows(newsroom.press_database, f"DROP TABLE {table}")
    assert "migration chassis_events.0001_initial" in person.is_told(newsroom.press, "lag")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"database_url": "sqlite:////nowhere/press.sqlite3"}, "The database of press cannot be reached"),
        ({"database_url": "postgresql://127.0.0.1:1/press"}, "The database of press cannot be reached"),
        ({"database_url": "mysql://press"}, "must begin with sqlite:/// or postgresql://"),
        ({"events_url": "amqp://127.0.0.1:1"}, "EVENTS_URL cannot be used: the connection to the broker"),
        ({"events_url": "kafka://press"}, "EVENTS_URL must begin with"),
    ],
)
def test_what_cannot_be_reached_is_said(
    press: EventService, person: Person, settings: dict[str, str], sentence: str
) -> None:
    unreachable = replace(press, settings=press.settings.model_copy(update=settings))
    words = ["lag"] if "database_url" in settings else ["tail", "--count", "1"]
    assert sentence in person.is_told(unreachable, *words)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--service", "auth", "show", "17"], 2, "'17' is no event id"),
        (["--service", "nobody", "lag"], 2, "'nobody' is none"),
        (["--service", "auth", "lag"], 2, "run `broadsheet auth migrate` first"),
        (["--help"], 2, "Say which service"),
    ],
)
def test_the_program_says_it_on_standard_error(words: list[str], code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chassis.events.commands", *words],
        env=os.environ | {"LOG_LEVEL": "DEBUG"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
