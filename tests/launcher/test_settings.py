"""One list of settings, the services' own, is what a person reads and what the launcher knows."""

from configparser import RawConfigParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from chassis.events.transports.rabbitmq_permissions import jobs_vhost

from launcher import catalogue, dotenv_example
from launcher.private_servers import pointed_to
from launcher.servers import RabbitMQ
from launcher.settings import BROKER_URLS, LISTENERS, OWN_SETTINGS, PORTS, SERVICES_WITH_DATABASE, read_settings
from launcher.supervisor import CONFIGURATION


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


@pytest.mark.parametrize(("mode", "gathered"), [("embedded", False), ("servers", True)])
def test_files_of_the_admins_are_gathered_where_servers_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str, gathered: bool
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("MODE", mode)
    found = {name: read_settings().environment.get(name) for name in ("AUTH_STATIC_DIR", "BLOG_STATIC_DIR")}
    folders = {"AUTH_STATIC_DIR": f"{tmp_path}/static/auth", "BLOG_STATIC_DIR": f"{tmp_path}/static/blog"}
    assert found == (folders if gathered else dict.fromkeys(folders))


def test_each_service_has_an_account_of_its_own_on_a_private_broker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("MODE", "servers")
    for name in BROKER_URLS:
        monkeypatch.delenv(name, raising=False)
    broker = RabbitMQ(tmp_path)
    settings = pointed_to(read_settings(), [broker])
    own = {service: settings.environment_of(service) for service in SERVICES_WITH_DATABASE}
    for service, environment in own.items():
        events, jobs = (urlsplit(environment[name]) for name in BROKER_URLS)
        assert (events.username, events.path, jobs.path) == (service, "/%2F", f"/{jobs_vhost(service)}")
        assert events.password == jobs.password == broker.password_of(service)
    assert len({urlsplit(each["EVENTS_URL"]).password for each in own.values()} | {broker.password}) == len(own) + 1
    assert "@" not in settings.environment["EVENTS_URL"] + settings.environment["JOBS_URL"]
    listens = urlsplit(settings.environment_of("gateway")["EVENTS_URL"])
    assert (listens.username, listens.password) == ("gateway", broker.password_of("gateway"))


def test_urls_that_a_person_gives_are_those_of_every_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("MODE", "servers")
    monkeypatch.setenv("EVENTS_URL", "amqp://one:account@broker/")
    monkeypatch.delenv("JOBS_URL", raising=False)
    settings = pointed_to(read_settings(), [RabbitMQ(tmp_path)])
    for service in SERVICES_WITH_DATABASE:
        environment = settings.environment_of(service)
        assert environment["EVENTS_URL"] == "amqp://one:account@broker/"
        assert urlsplit(environment["JOBS_URL"]).username == service


def test_supervisor_gives_each_process_the_urls_of_its_service() -> None:
    configuration = RawConfigParser()
    configuration.read(CONFIGURATION)
    for section in configuration.sections():
        program = dict(configuration[section])
        _, service, *_ = [*program.get("command", "").split(), "", ""]
        if service in (*SERVICES_WITH_DATABASE, *LISTENERS):
            for name in BROKER_URLS if service in SERVICES_WITH_DATABASE else ["EVENTS_URL"]:
                assert f'{name}="%(ENV_{name}_{service.upper()})s"' in program["environment"], section
