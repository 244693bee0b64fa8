"""What is in VAR_DIR, and the way to the supervisor, is for the account that runs the platform."""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.settings import ServiceSettings

from launcher import LauncherError
from launcher.catalogue import settings_classes
from launcher.private_folder import EARLIER_SECRETS, close_to_others
from launcher.servers import Postgres
from launcher.servers.postgres import ROOTS_DATA
from launcher.settings import Settings
from launcher.supervisor import Supervisor, own_folder_of_sockets


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    before = os.umask(0o022)
    var = tmp_path / "var"
    settings = Settings("embedded", var, frozenset(), {})
    settings.run_folder.mkdir(parents=True)
    yield settings
    os.umask(before)


def test_folder_of_before_is_closed_and_so_is_what_is_made_in_it(settings: Settings) -> None:
    close_to_others(settings)
    (settings.var / "auth.sqlite3").touch()
    assert stat.S_IMODE(settings.var.stat().st_mode) == 0o700
    assert stat.S_IMODE((settings.var / "auth.sqlite3").stat().st_mode) == 0o600


def test_data_of_before_keeps_the_secrets_it_was_made_with(settings: Settings) -> None:
    (settings.run_folder / "prepared").touch()
    close_to_others(settings)
    assert {file.name: file.read_text() for file in (settings.var / "secrets").iterdir()} == EARLIER_SECRETS


def test_new_data_gets_none_that_others_know(settings: Settings) -> None:
    close_to_others(settings)
    assert not (settings.var / "secrets").exists()


def test_earlier_secrets_are_the_published_ones() -> None:
    def fixed(settings_class: type[ServiceSettings]) -> set[str]:
        return {str(field.default) for field in settings_class.model_fields.values() if field.default}

    published = set[str]().union(*map(fixed, settings_classes().values()))
    assert set(EARLIER_SECRETS.values()) <= published


def test_socket_that_does_not_fit_below_the_folder_lies_in_one_of_ours(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    deep = Settings("embedded", tmp_path / ("v" * 100), frozenset(), {})
    folder = Supervisor(deep).socket_file.parent
    assert folder.parent == tmp_path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o770])
def test_folder_of_sockets_that_others_may_enter_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    own_folder_of_sockets().chmod(mode)
    with pytest.raises(LauncherError, match="not a folder of yours alone"):
        own_folder_of_sockets()


@pytest.mark.servers
@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
def test_postgres_makes_its_folder_though_what_is_made_is_closed_to_others(settings: Settings) -> None:
    close_to_others(settings)
    with Postgres(settings.var) as postgres:
        assert postgres.data.is_relative_to(ROOTS_DATA)
    postgres.remove()


@pytest.mark.servers
@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
def test_data_that_postgres_cannot_reach_any_more_moves_along(tmp_path: Path) -> None:
    open_folder = Path(tempfile.mkdtemp(dir=ROOTS_DATA.parent))
    try:
        open_folder.chmod(0o755)
        with Postgres(open_folder) as postgres:
            postgres.create_database("kept")
            assert postgres.data.is_relative_to(open_folder)
        open_folder.chmod(0o700)
        with Postgres(open_folder) as postgres:
            assert not postgres.data.is_relative_to(open_folder)
            assert "already exists" in _created_again(postgres)
        postgres.remove()
    finally:
        shutil.rmtree(open_folder)


def _created_again(postgres: Postgres) -> str:
    command = [*postgres.client("createdb"), "--username=broadsheet", "kept"]
    environment = os.environ | {"PGPASSWORD": postgres.password}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stderr
