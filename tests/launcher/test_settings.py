"""One list of settings, the services' own, is what a person reads and what the launcher knows."""

from pathlib import Path

import pytest

from launcher import catalogue, dotenv_example
from launcher.settings import OWN_SETTINGS, PORTS, read_settings


def test_example_lists_every_setting_as_declared() -> None:
    assert dotenv_example.FILE.read_text() == dotenv_example.text(), "run `make env-example`"


def test_every_line_of_the_example_may_be_uncommented() -> None:
    lines = [line.removeprefix("# ") for line in dotenv_example.FILE.read_text().splitlines() if "=" in line]
    names = {line.partition("=")[0] for line in lines if line.partition("=")[0].isupper()}
    assert names == {*catalogue.all_settings(), *OWN_SETTINGS}


def test_moving_a_port_moves_everything_that_refers_to_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("AUTH_PORT", "9410")
    monkeypatch.setenv("GATEWAY_PORT", "9400")
    settings = read_settings()
    assert settings.environment["AUTH_URL"] == "http://127.0.0.1:9410"
    assert settings.environment["PUBLIC_URL"] == "http://127.0.0.1:9400"
    assert settings.environment["METRICS_PORT_AUTH_WORKER"] == "9412"
    assert settings.ports["BLOG_PORT"] == PORTS["BLOG_PORT"]


def test_environment_wins_over_defaults_and_data_follows_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("EVENTS_URL", "amqp://broker/")
    monkeypatch.delenv("BLOG_DATABASE_URL", raising=False)
    settings = read_settings()
    assert settings.environment["EVENTS_URL"] == "amqp://broker/"
    assert settings.environment["BLOG_DATABASE_URL"] == f"sqlite:///{tmp_path}/blog.sqlite3"
