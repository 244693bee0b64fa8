"""The SQL that the services' migrations run on PostgreSQL, one text a migration."""

import io
import json
import os
import subprocess
import sys

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from media_service.revisions import SCRIPTS
from sqlalchemy import NullPool, create_engine

from launcher import ROOT

DJANGO_SERVICES = ("auth", "blog")


def sql_of_migrations(postgres_url: str) -> dict[str, str]:
    """``{"blog.posts.0001_initial": SQL, "media.0001_assets": SQL}``; the server only says what it is."""
    found = _of_media(postgres_url)
    for service in DJANGO_SERVICES:
        found |= {f"{service}.{name}": sql for name, sql in _of_django(service, postgres_url).items()}
    return found


def _of_django(service: str, postgres_url: str) -> dict[str, str]:
    """Django knows one set of settings a process."""
    variables = {
        "DJANGO_SETTINGS_MODULE": f"{service}_service.django_settings",
        f"{service.upper()}_DATABASE_URL": postgres_url,
    }
    program = [sys.executable, "-m", "tests.schema.django_statements"]
    answer = subprocess.run(program, cwd=ROOT, env=os.environ | variables, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(answer.stdout))


def _of_media(postgres_url: str) -> dict[str, str]:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    engine = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=NullPool)
    with engine.connect() as config.attributes["connection"]:
        revisions = ScriptDirectory.from_config(config).walk_revisions()
        found = {f"media.{script.path.rpartition('/')[2].removesuffix('.py')}": script for script in revisions}
        return {
            name: _offline(config, f"{script.down_revision or 'base'}:{script.revision}")
            for name, script in found.items()
        }


def _offline(config: Config, revisions: str) -> str:
    config.output_buffer = io.StringIO()
    command.upgrade(config, revisions, sql=True)
    return config.output_buffer.getvalue()
