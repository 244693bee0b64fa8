"""No migration holds a lock that traffic waits for, and none takes away what the version before it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.schema.migrations import sql_of_migrations

SQUAWK = Path(sys.executable).with_name("squawk")
OLDEST_POSTGRES = "15"  # of docs/production.md
NOT_ABOUT_LOCKS = (  # tables that a migration makes itself are empty, and squawk knows: a first one needs no exception
    *("require-lock-timeout", "require-statement-timeout"),  # the chart sets both, by PGOPTIONS
    "prefer-robust-stmts",  # a migration is applied in full or not at all, and once
    *("prefer-text-field", "prefer-bigint-over-int", "prefer-bigint-over-smallint"),  # taste
    "ban-drop-not-null",  # so goes a column: new code stops writing it, old code still may
)
CONTRACTS = (
    "ban-drop-column",
    "ban-drop-table",
    "ban-drop-default",
)  # what a migration named …_contract may do besides
NOT_SQL = "THIS OPERATION CANNOT BE WRITTEN AS SQL"
COLUMN = 'ALTER TABLE "posts_post" ADD COLUMN "mood"'

ALLOWED = {
    "nullable column": f"BEGIN; {COLUMN} text NULL; COMMIT;",
    "column with a default of the database": f"BEGIN; {COLUMN} text DEFAULT 'calm' NOT NULL; COMMIT;",
    "index made concurrently": 'CREATE INDEX CONCURRENTLY "moods" ON "posts_post" ("mood");',
    "new table with an index": 'BEGIN; CREATE TABLE "mood" ("id" bigint); CREATE INDEX "m" ON "mood" ("id"); COMMIT;',
    "constraint for new rows": 'ALTER TABLE "posts_post" ADD CONSTRAINT "c" CHECK ("mood" <> \'\') NOT VALID;',
    "constraint validated": 'ALTER TABLE "posts_post" VALIDATE CONSTRAINT "c";',
    "column old code still fills": 'ALTER TABLE "posts_post" ALTER COLUMN "mood" DROP NOT NULL;',
}
REFUSED = {  # as Django and Alembic write them; the rule that finds it, and the SQL
    "index in a transaction": (
        "require-concurrent-index-creation",
        'BEGIN; CREATE INDEX "moods" ON "posts_post" ("mood"); COMMIT;',
    ),
    "required column": ("adding-required-field", f"BEGIN; {COLUMN} text NOT NULL; COMMIT;"),
    "default that Django takes away again": (
        "ban-drop-default",
        f'{COLUMN} text DEFAULT \'calm\' NOT NULL; ALTER TABLE "posts_post" ALTER COLUMN "mood" DROP DEFAULT;',
    ),
    "column made required": ("adding-not-nullable-field", 'ALTER TABLE "posts_post" ALTER COLUMN "mood" SET NOT NULL;'),
    "column rewritten": ("changing-column-type", 'ALTER TABLE "posts_post" ALTER COLUMN "id" TYPE bigint;'),
    "column renamed": ("renaming-column", 'ALTER TABLE "posts_post" RENAME COLUMN "mood" TO "tone";'),
    "column dropped": ("ban-drop-column", 'ALTER TABLE "posts_post" DROP COLUMN "mood" CASCADE;'),
    "table dropped": ("ban-drop-table", 'DROP TABLE "posts_post" CASCADE;'),
    "constraint checked at once": (
        "constraint-missing-not-valid",
        'ALTER TABLE "posts_post" ADD CONSTRAINT "c" CHECK ("mood" <> \'\');',
    ),
    "foreign key checked at once": (
        "adding-foreign-key-constraint",
        f'{COLUMN} uuid NULL CONSTRAINT "f" REFERENCES "mood" ("id") DEFERRABLE INITIALLY DEFERRED;',
    ),
    "code nobody can read as SQL": ("Python", f"BEGIN;\n-- {NOT_SQL}\nCOMMIT;"),
}


def refusals(name: str, sql: str) -> str:
    """What is wrong with a migration, a line each; nothing for one that may be released."""
    if NOT_SQL in sql and not name.endswith(".0001_initial"):
        return f"{name}: Python may copy a whole table in one transaction; write RunSQL, or a job."
    allowed = ",".join((*NOT_ABOUT_LOCKS, *(CONTRACTS if name.endswith("_contract") else ())))
    command = [str(SQUAWK), "--reporter=gcc", f"--pg-version={OLDEST_POSTGRES}", f"--exclude={allowed}"]
    command.append(f"--stdin-filepath={name}")
    answer = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    assert not answer.stderr, answer.stderr
    return answer.stdout


def test_every_migration_lets_traffic_go_on(postgres_url: str) -> None:
    found = sql_of_migrations(postgres_url)
    assert {name.partition(".")[0] for name in found} == {"auth", "blog", "media"}
    assert "".join(refusals(name, sql) for name, sql in found.items()) == ""


@pytest.mark.parametrize("step", ALLOWED)
def test_step_that_expands_is_allowed(step: str) -> None:
    assert refusals("blog.posts.0002_mood", ALLOWED[step]) == ""


@pytest.mark.parametrize("step", REFUSED)
def test_step_that_blocks_or_breaks_is_refused(step: str) -> None:
    rule, sql = REFUSED[step]
    assert rule in refusals("blog.posts.0002_mood", sql)


@pytest.mark.parametrize("step", ["column dropped", "table dropped"])
def test_migration_named_contract_may_drop(step: str) -> None:
    assert refusals("blog.posts.0003_mood_contract", REFUSED[step][1]) == ""


def test_migration_named_contract_may_not_block() -> None:
    assert refusals("blog.posts.0003_mood_contract", REFUSED["index in a transaction"][1])
