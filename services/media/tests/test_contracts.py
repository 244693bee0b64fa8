"""What media promises others is what is committed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from chassis.events import contracts
from chassis.events.testing import contracts as committed_contracts
from chassis.events.types import EventData
from chassis.testing import imports_of_migrate, imports_of_migrate_wait
from media_service import revisions
from media_service.database import Base, Database
from media_service.events import PUBLISHES
from media_service.migrating import MigrationMissing, migrate, migrations_missing, require_migrated
from media_service.openapi import document
from media_service.settings import MediaSettings

ROOT = Path(__file__).parents[3]
USED_THROUGH_SQL = {"outbox_event", "outbox_shard", "inbox_event", "idempotency_key"}


def test_the_openapi_contract_is_the_committed_one(own_settings: MediaSettings) -> None:
    committed = json.loads((ROOT / "contracts/openapi/media.json").read_text())
    assert document(own_settings) == committed, "run: broadsheet media openapi > contracts/openapi/media.json"


@pytest.mark.parametrize("data_class", PUBLISHES, ids=lambda data_class: data_class.event_type.name)
def test_the_contract_of_an_event_is_the_committed_one(data_class: type[EventData]) -> None:
    assert list(contracts.problems(data_class, committed_contracts())) == []


def test_the_migrations_make_what_the_models_say(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing(migrated: Database) -> None:
    migrate(migrated)
    require_migrated(migrated.engine)


@pytest.fixture
def at_version(migrated: Database) -> Iterator[Callable[[str], None]]:
    """Makes the database say that it is at some migration."""

    def set_to(name: str) -> None:
        with migrated.writing() as session:
            session.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = :name"), {"name": name})

    with migrated.reading() as session:
        found = session.scalar(sqlalchemy.text("SELECT version_num FROM alembic_version"))
    yield set_to
    set_to(str(found))


def test_a_database_behind_the_code_is_not_ready_and_one_ahead_is(
    migrated: Database, at_version: Callable[[str], None]
) -> None:
    at_version("0000")
    with pytest.raises(MigrationMissing, match="0001 first"):
        require_migrated(migrated.engine)
    at_version("9999")
    assert migrations_missing(migrated.engine) == []


def test_waiting_reads_the_same_without_a_framework(
    migrated: Database, at_version: Callable[[str], None], own_settings: MediaSettings, tmp_path: Path
) -> None:
    known = {revision.revision for revision in ScriptDirectory(str(revisions.SCRIPTS)).walk_revisions()}
    assert set(revisions.pending(f"sqlite:///{tmp_path}/none.sqlite3")) == known
    for version in ("0000", "0001", "9999"):
        at_version(version)
        assert revisions.pending(own_settings.database_url) == migrations_missing(migrated.engine)
    at_version("0000")
    assert set(revisions.pending(own_settings.database_url)) == known
    at_version(max(known))
    assert imports_of_migrate_wait("media") == (0, "")
    assert imports_of_migrate("media") == (0, "")


def test_a_database_without_tables_says_so(tmp_path: Path) -> None:
    with pytest.raises(MigrationMissing):
        require_migrated(Database(f"sqlite:///{tmp_path}/empty.sqlite3").engine)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name in USED_THROUGH_SQL)
