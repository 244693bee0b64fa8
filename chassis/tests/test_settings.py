"""What a person who sets the environment can rely on."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pytest
from chassis.generated_secrets import generate
from chassis.settings import ClientSettings, GeneratedSecret, Secret, SettingsError, catalogue, load, loading

TOKEN = "k3v9" * 8
PUBLISHED = "development-client-secret-of-no-worth"


class PressSettings(ClientSettings):
    service: ClassVar[str] = "press"

    database_url: Secret = "sqlite:///press.sqlite3"
    secret_key: GeneratedSecret = "development-press-key-of-no-worth"
    host: str = "127.0.0.1"
    port: int = 9000


def test_defaults_work_without_any_variable(environment: pytest.MonkeyPatch) -> None:
    settings = load(PressSettings)
    assert (settings.environment, settings.port, settings.token_issuer) == ("development", 9000, settings.public_url)


def test_own_settings_are_prefixed_and_shared_ones_are_not(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_PORT", "9001")
    environment.setenv("PUBLIC_URL", "https://news.example/")
    settings = load(PressSettings)
    assert (settings.port, settings.public_url, settings.token_issuer) == (9001, *["https://news.example"] * 2)


def test_pictures_are_at_the_public_url_unless_that_is_set(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUBLIC_URL", "https://news.example")
    settings = load(PressSettings)
    assert (settings.pictures_url, settings.has_pictures_apart) == ("https://news.example", False)


def test_pictures_may_have_a_host_of_their_own(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUBLIC_URL", "https://news.example")
    environment.setenv("PICTURES_URL", "https://news-pictures.example/")
    settings = load(PressSettings)
    assert (settings.pictures_url, settings.has_pictures_apart) == ("https://news-pictures.example", True)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://news.example:8443", "PICTURES_URL: is on the host of PUBLIC_URL"),
        ("https://pictures.example/of/news", "PICTURES_URL: has a path"),
        ("http://pictures.example", "PICTURES_URL: must begin with https://"),
        ("pictures.example", "PICTURES_URL: must begin with http:// or https://"),
    ],
)
def test_pictures_url_that_could_not_work_is_refused(environment: pytest.MonkeyPatch, url: str, why: str) -> None:
    environment.setenv("PUBLIC_URL", "https://news.example")
    environment.setenv("PICTURES_URL", url)
    assert why in refusal()


def test_empty_variable_means_the_default(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_PORT", "")
    assert load(PressSettings).port == 9000


def test_secret_comes_from_a_file_and_the_environment_wins(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "PRESS_SECRET_KEY").write_text(f"{TOKEN}\n")
    (tmp_path / "PRESS_CLIENT_SECRET").write_text("the token from a file, which is long enough")
    environment.setenv("SECRETS_DIR", str(tmp_path))
    environment.setenv("PRESS_CLIENT_SECRET", "t" * 40)
    settings = load(PressSettings)
    assert (settings.secret_key, settings.client_secret) == (TOKEN, "t" * 40)


def test_secrets_are_not_shown(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_SECRET_KEY", "hunter2" * 8)
    assert "hunter2" not in repr(load(PressSettings))


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        load(PressSettings)
    return str(caught.value)


def test_misspelt_variable_is_refused_with_the_close_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_SECERT_KEY", "x")
    assert refusal() == "PRESS_SECERT_KEY is not a setting of press; did you mean PRESS_SECRET_KEY?"


def test_misspelt_secret_file_is_refused(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "PRESS_SECERT_KEY").write_text("x")
    environment.setenv("SECRETS_DIR", str(tmp_path))
    assert "did you mean PRESS_SECRET_KEY" in refusal()


def test_missing_secrets_folder_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SECRETS_DIR", "/nowhere")
    assert "SECRETS_DIR is /nowhere, which is not a folder" in refusal()


def test_every_problem_is_in_one_sentence(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_PORT", "many")
    environment.setenv("PUBLIC_URL", "news.example")
    environment.setenv("PRESS_COLOUR", "red")
    text = refusal()
    assert "PRESS_PORT" in text
    assert "PUBLIC_URL: must begin with http:// or https://" in text
    assert "PRESS_COLOUR is not a setting of press" in text
    assert "TOKEN_ISSUER" not in text
    assert "\n" not in text


URLS = {"AUTH_URL": "http", "PUBLIC_URL": "https", "EVENTS_URL": "amqp", "JOBS_URL": "amqps"}


@pytest.mark.parametrize("name", URLS)
def test_url_may_have_an_address_of_ipv6(environment: pytest.MonkeyPatch, name: str) -> None:
    url = f"{URLS[name]}://[::1]:8010"
    environment.setenv(name, url)
    assert getattr(load(PressSettings), name.lower()) == url


@pytest.mark.parametrize("host", ["::1:8010", "[::1", ":8010", "host:port"])
@pytest.mark.parametrize("name", URLS)
def test_url_without_a_host_or_brackets_is_refused(environment: pytest.MonkeyPatch, name: str, host: str) -> None:
    environment.setenv(name, f"{URLS[name]}://{host}")
    with pytest.raises(SettingsError, match=rf"{name}: .*an IPv6 address has brackets"):
        load(PressSettings)


def test_a_broker_that_jobs_cannot_use_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("JOBS_URL", "redis://:hunter2@q")
    assert refusal() == "JOBS_URL: must begin with sqlite:/// or amqp://"


@pytest.mark.parametrize(
    ("name", "value", "must"),
    [
        ("SENTRY_DSN", "sentry.example/hunter2", "must look like https://key@sentry.example/1"),
        ("SENTRY_DSN", "https://hunter2@sentry.example", "must look like https://key@sentry.example/1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "must begin with http:// or https://"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "has 1 parts that are not name=value"),
        ("OTEL_TRACES_SAMPLER_ARG", "5", "less than or equal to 1"),
    ],
)
def test_a_wrong_place_for_errors_or_traces_is_said_at_the_start(
    environment: pytest.MonkeyPatch, name: str, value: str, must: str
) -> None:
    environment.setenv(name, value)
    text = refusal()
    assert f"{name}: " in text
    assert must in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    "dsn", ["", "https://key@sentry.example/1", "http://public@127.0.0.1:9000/1", "https://a:b@s.example/below/7"]
)
def test_a_dsn_of_sentry_is_taken(environment: pytest.MonkeyPatch, dsn: str) -> None:
    environment.setenv("SENTRY_DSN", dsn)
    assert load(PressSettings).sentry_dsn == dsn


def test_refusal_does_not_repeat_a_wrong_value(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_PORT", "hunter2")
    assert "hunter2" not in refusal()


def test_production_refuses_every_development_secret(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ENVIRONMENT", "production")
    text = refusal()
    assert "PRESS_SECRET_KEY" in text
    assert "PRESS_CLIENT_SECRET" in text


def test_production_starts_with_secrets_of_its_own(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ENVIRONMENT", "production")
    environment.setenv("PRESS_SECRET_KEY", "q8r2" * 8)
    environment.setenv("PRESS_CLIENT_SECRET", TOKEN)
    assert load(PressSettings).production


def publish_secrets(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_CLIENT_SECRET", PUBLISHED)
    environment.setenv("PRESS_SECRET_KEY", "development-press-key-of-no-worth")


@pytest.mark.parametrize("name", ["SERVICE_TOKEN", "PRESS_CLIENT_SECRET"])
@pytest.mark.parametrize("token", ["short", "k3v9" * 7])
def test_short_secret_is_refused_without_being_repeated(environment: pytest.MonkeyPatch, token: str, name: str) -> None:
    environment.setenv(name, token)
    text = refusal()
    assert f"{name}: " in text
    assert "32" in text
    assert token not in text


def test_blank_secret_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_CLIENT_SECRET", " " * 40)
    assert "PRESS_CLIENT_SECRET: " in refusal()


def test_empty_file_of_a_secret_is_refused(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "PRESS_CLIENT_SECRET").write_text("\n")
    environment.setenv("SECRETS_DIR", str(tmp_path))
    assert "PRESS_CLIENT_SECRET: " in refusal()


def test_the_former_secret_may_be_empty(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "SERVICE_TOKEN").write_text("\n")
    environment.setenv("SECRETS_DIR", str(tmp_path))
    assert load(PressSettings).service_token == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "production"),
        ("PUBLIC_URL", "https://news.example"),
        ("PUBLIC_URL", "http://192.0.2.7:8000"),
        ("PICTURES_URL", "http://pictures.example"),
        ("METRICS_HOST", "0.0.0.0"),
        ("METRICS_HOST", "::"),
        ("PRESS_HOST", "::ffff:192.0.2.7"),
    ],
)
def test_published_secrets_are_refused_where_others_reach_us(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    publish_secrets(environment)
    environment.setenv(name, value)
    text = refusal()
    assert f"set your own: {name} is " in text
    assert "PRESS_CLIENT_SECRET, PRESS_SECRET_KEY" in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://localhost:8000"),
        ("PUBLIC_URL", "http://press.localhost"),
        ("PUBLIC_URL", "http://[::1]:8000"),
        ("PRESS_HOST", "127.0.0.2"),
        ("PRESS_HOST", "::ffff:127.0.0.1"),
    ],
)
def test_published_secrets_do_on_one_machine(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    publish_secrets(environment)
    environment.setenv(name, value)
    assert load(PressSettings).client_secret == PUBLISHED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRESS_CLIENT_SECRET", "compose-service-token-of-one-machine"),
        ("PRESS_DATABASE_URL", "postgresql://press:compose@db.example/press"),
        ("EVENTS_URL", "amqp://broadsheet:compose@rabbitmq:5672/"),
    ],
)
def test_secrets_of_earlier_releases_count_as_published(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv("PRESS_SECRET_KEY", "q8r2" * 8)
    environment.setenv("PRESS_CLIENT_SECRET", TOKEN)
    environment.setenv("ENVIRONMENT", "production")
    environment.setenv(name, value)
    assert f"{name}: everybody can read it" in refusal()


def test_development_makes_secrets_of_its_own_and_keeps_them(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("VAR_DIR", str(tmp_path))
    environment.setenv("METRICS_HOST", "::")
    settings = load(PressSettings)
    made = tmp_path / "secrets"
    assert {file.name: file.read_text() for file in made.iterdir()} == {
        "PRESS_SECRET_KEY": settings.secret_key,
        "PRESS_CLIENT_SECRET": settings.client_secret,
        "LOG_HASH_KEY": settings.log_hash_key,
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()} == {0o600}
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    environment.setenv("METRICS_HOST", "127.0.0.1")
    loading._load.cache_clear()
    assert load(PressSettings).client_secret == settings.client_secret


def test_many_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    def start(_number: int) -> str:
        generate(tmp_path, ["PRESS_CLIENT_SECRET"])
        return (tmp_path / "PRESS_CLIENT_SECRET").read_text()

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(start, range(64)))) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["PRESS_CLIENT_SECRET"]


def test_what_a_person_sets_wins_over_what_development_made(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("VAR_DIR", str(tmp_path / "var"))
    load(PressSettings)
    loading._load.cache_clear()
    (tmp_path / "PRESS_CLIENT_SECRET").write_text(TOKEN)
    environment.setenv("SECRETS_DIR", str(tmp_path))
    assert load(PressSettings).client_secret == TOKEN


def test_folder_that_cannot_be_written_is_a_sentence(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    environment.setenv("VAR_DIR", str(tmp_path / "var"))
    text = refusal()
    assert "set VAR_DIR to another folder, or LOG_HASH_KEY, PRESS_CLIENT_SECRET, PRESS_SECRET_KEY itself" in text


def test_production_makes_no_secret(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("VAR_DIR", str(tmp_path))
    environment.setenv("ENVIRONMENT", "production")
    assert "PRESS_CLIENT_SECRET, PRESS_SECRET_KEY: everybody can read it" in refusal()
    assert not list(tmp_path.iterdir())


def test_catalogue_names_and_marks_every_setting() -> None:
    by_name = {info.name: info for info in catalogue(PressSettings)}
    assert by_name["PRESS_SECRET_KEY"].secret
    assert by_name["PUBLIC_URL"].default == "http://127.0.0.1:8000"
    assert all(info.description for name, info in by_name.items() if not name.startswith("PRESS_"))


def test_settings_are_cheap_to_import() -> None:
    program = "import sys, chassis.settings; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    heavy = {"django", "fastapi", "sentry_sdk", "opentelemetry", "celery", "urllib3", "jwt"}
    assert not heavy & set(done.stdout.split())
