"""``python -m tests.schema.django_statements``: the SQL of a Django service's own migrations by name, as JSON.

DJANGO_SETTINGS_MODULE says which service. Its database must be a PostgreSQL, and stays as it is.
"""

import json
import sys
from pathlib import Path

import django
from django.apps import apps
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from launcher import ROOT


def statements() -> dict[str, str]:
    """As ``sqlmigrate`` prints it, each in the transaction it runs in."""
    loader = MigrationLoader(connection, replace_migrations=False)
    own = [migration for (app, _), migration in sorted(loader.disk_migrations.items()) if _is_ours(app)]
    return {f"{migration.app_label}.{migration.name}": _sql(loader, migration) for migration in own}


def _is_ours(app_label: str) -> bool:
    """Those of the libraries are theirs."""
    folder = Path(apps.get_app_config(app_label).path)
    return any(folder.is_relative_to(ROOT / ours) for ours in ("services", "chassis"))


def _sql(loader: MigrationLoader, migration: Migration) -> str:
    lines = loader.collect_sql([(migration, False)])
    return "\n".join(["BEGIN;", *lines, "COMMIT;"] if migration.atomic else lines)


if __name__ == "__main__":
    django.setup()
    json.dump(statements(), sys.stdout)
