"""Publishing and handling through the database connections that services have."""

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from chassis.events import testing
from chassis.events.databases.django import DjangoDatabase
from chassis.events.databases.django import publish as publish_with_django
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.databases.sqlalchemy import publish as publish_with_sqlalchemy
from chassis.events.envelope import Event, EventRefused
from chassis.events.inbox import Outcome
from chassis.events.service import EventService
from chassis.events.types import event
from chassis.settings import ServiceSettings
from django.db import IntegrityError, connection, transaction
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from tests.support.events import PRINTED, ArticlePrinted, IssueSold, printed, rows

ARTICLE = UUID(int=1)


@pytest.fixture
def engine_url(database_url: str) -> str:
    return database_url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def with_sqlalchemy(engine_url: str) -> Iterator[SqlAlchemyDatabase]:
    engine = create_engine(engine_url)
    yield SqlAlchemyDatabase(engine)
    engine.dispose()


@pytest.fixture(autouse=True)
def press_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package of the service whose events these are; it publishes articles and no issues."""
    (tmp_path / "press_service").mkdir()
    registry = "from tests.support.events import ArticlePrinted\nPUBLISHES = (ArticlePrinted,)\n"
    (tmp_path / "press_service/events.py").write_text(registry)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("press_service")]:
        monkeypatch.delitem(sys.modules, name)


def article(title: str = "First light") -> ArticlePrinted:
    return ArticlePrinted(article_id=ARTICLE, title=title)


@pytest.mark.django_db
def test_django_publishes_with_the_transaction() -> None:
    with transaction.atomic():
        event = publish_with_django(article(), sequence=3, actor=ARTICLE)
    assert testing.published(DjangoDatabase()) == [event]
    assert (event.sequence, event.actor, event.subject) == (3, str(ARTICLE), f"article/{ARTICLE}")


@pytest.mark.django_db
def test_django_forgets_the_event_when_the_transaction_fails() -> None:
    @transaction.atomic
    def change() -> None:
        publish_with_django(article(), sequence=1)
        raise RuntimeError("the change did not happen")

    with pytest.raises(RuntimeError):
        change()
    assert testing.published(DjangoDatabase()) == []


@pytest.mark.django_db(transaction=True)
def test_django_refuses_to_publish_outside_a_transaction() -> None:
    with pytest.raises(EventRefused, match="inside transaction"):
        publish_with_django(article(), sequence=1)


NOT_LISTED = r"press\.issue\.sold\.v1: add IssueSold to PUBLISHES in press_service/events\.py"


@pytest.mark.django_db
def test_django_refuses_an_event_that_is_not_listed() -> None:
    with pytest.raises(EventRefused, match=NOT_LISTED), transaction.atomic():
        publish_with_django(IssueSold(issue_id=ARTICLE), sequence=1)
    assert testing.published(DjangoDatabase()) == []


def test_sqlalchemy_refuses_an_event_that_is_not_listed(with_sqlalchemy: SqlAlchemyDatabase, engine_url: str) -> None:
    engine = create_engine(engine_url)
    with Session(engine) as session, pytest.raises(EventRefused, match=NOT_LISTED):
        publish_with_sqlalchemy(session, IssueSold(issue_id=ARTICLE), sequence=1)
    engine.dispose()
    assert testing.published(with_sqlalchemy) == []


@pytest.mark.django_db
def test_an_event_of_a_service_that_is_not_here_is_refused() -> None:
    @event("radio.song.played.v1", aggregate="issue", id_field="issue_id")
    class SongPlayed(IssueSold):
        """Nobody has this service."""

    with pytest.raises(EventRefused, match=r"radio\.song\.played\.v1: there is no radio_service here"):
        publish_with_django(SongPlayed(issue_id=ARTICLE), sequence=1)


@pytest.mark.django_db
def test_one_version_of_an_aggregate_publishes_one_event() -> None:
    publish_with_django(article(), sequence=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        publish_with_django(article(), sequence=1)


@pytest.mark.django_db
def test_django_handler_runs_in_the_inbox_transaction(press_settings: ServiceSettings) -> None:
    handled: list[Event] = []

    def handle(event: Event) -> None:
        assert connection.in_atomic_block
        handled.append(event)

    service = EventService(
        name="reader", settings=press_settings, handlers={PRINTED: handle}, database=DjangoDatabase()
    )
    event = printed()
    assert [testing.deliver(service, event) for _ in range(2)] == [Outcome.HANDLED, Outcome.DUPLICATE]
    assert handled == [event]


def test_sqlalchemy_publishes_with_the_session(with_sqlalchemy: SqlAlchemyDatabase, engine_url: str) -> None:
    engine = create_engine(engine_url)
    with Session(engine) as session:
        forgotten = publish_with_sqlalchemy(session, article(), sequence=1)
        session.rollback()
        event = publish_with_sqlalchemy(session, article(), sequence=1)
        session.commit()
    engine.dispose()
    assert testing.published(with_sqlalchemy) == [event]
    assert forgotten.id != event.id


async def test_async_session_publishes_through_run_sync(with_sqlalchemy: SqlAlchemyDatabase, engine_url: str) -> None:
    engine = create_async_engine(engine_url.replace("sqlite:", "sqlite+aiosqlite:"))
    async with AsyncSession(engine) as session, session.begin():
        event = await session.run_sync(lambda sync: publish_with_sqlalchemy(sync, article(), sequence=1))
    await engine.dispose()
    assert testing.published(with_sqlalchemy) == [event]


def test_sqlalchemy_handler_gets_the_session(
    with_sqlalchemy: SqlAlchemyDatabase, press_settings: ServiceSettings
) -> None:
    def handle(session: Session, event: Event) -> None:
        publish_with_sqlalchemy(session, article("Second edition"), sequence=event.sequence + 1)

    service = EventService(name="reader", settings=press_settings, handlers={PRINTED: handle}, database=with_sqlalchemy)
    cause = printed()
    assert [testing.deliver(service, cause) for _ in range(2)] == [Outcome.HANDLED, Outcome.DUPLICATE]
    [effect] = testing.published(with_sqlalchemy)
    assert (effect.sequence, effect.causation_id) == (2, str(cause.id))


def test_handler_that_raises_leaves_nothing(
    with_sqlalchemy: SqlAlchemyDatabase, press_settings: ServiceSettings
) -> None:
    def handle(session: Session, event: Event) -> None:
        publish_with_sqlalchemy(session, article(), sequence=1)
        raise RuntimeError("out of paper")

    service = EventService(name="reader", settings=press_settings, handlers={PRINTED: handle}, database=with_sqlalchemy)
    with pytest.raises(RuntimeError, match="out of paper"):
        testing.deliver(service, printed())
    assert testing.published(with_sqlalchemy) == []
    assert rows(with_sqlalchemy, "SELECT count(*) FROM inbox_event") == [(0,)]
