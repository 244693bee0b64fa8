"""What a database lacks of the migrations that media carries, told by their names: no framework is imported for it."""

from pathlib import Path

from chassis import migration_table

SCRIPTS = Path(__file__).parent / "migrations"


def pending(url: str) -> list[str]:
    """The migrations that the database at ``url`` lacks; raises its driver's error if it does not answer."""
    rows = migration_table.read_rows(url, "alembic_version", "version_num")
    return newer_than(rows[0][0] if rows else None)


def newer_than(found: str | None) -> list[str]:
    """The migrations after the one that was found; a database newer than the code lacks none (expand, contract)."""
    names = sorted(path.stem.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))  # by age
    return [name for name in names if not found or name > found]
