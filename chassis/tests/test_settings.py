"""What a person who sets the environment can rely on."""

import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest
from chassis.settings import Secret, ServiceSettings, SettingsError, catalogue, load


class PressSettings(ServiceSettings):
    service: ClassVar[str] = "press"

    database_url: Secret = "sqlite:///press.sqlite3"
    secret_key: Secret = "development-press-key"
    port: int = 9000


def test_defaults_work_without_any_variable(environment: pytest.MonkeyPatch) -> None:
    settings = load(PressSettings)
    assert (settings.environment, settings.port, settings.token_issuer) == ("development", 9000, settings.public_url)


def test_own_settings_are_prefixed_and_shared_ones_are_not(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_PORT", "9001")
    environment.setenv("PUBLIC_URL", "https://news.example/")
    settings = load(PressSettings)
    assert (settings.port, settings.public_url, settings.token_issuer) == (9001, *["https://news.example"] * 2)


def test_empty_variable_means_the_default(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_PORT", "")
    assert load(PressSettings).port == 9000


def test_secret_comes_from_a_file_and_the_environment_wins(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "PRESS_SECRET_KEY").write_text("from a file\n")
    (tmp_path / "SERVICE_TOKEN").write_text("from a file")
    environment.setenv("SECRETS_DIR", str(tmp_path))
    environment.setenv("SERVICE_TOKEN", "from the environment")
    settings = load(PressSettings)
    assert (settings.secret_key, settings.service_token) == ("from a file", "from the environment")


def test_secrets_are_not_shown(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_SECRET_KEY", "hunter2")
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


def test_a_broker_that_jobs_cannot_use_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("JOBS_URL", "redis://:hunter2@q")
    assert refusal() == "JOBS_URL: must begin with filesystem:// or amqp://"


def test_refusal_does_not_repeat_a_wrong_value(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRESS_PORT", "hunter2")
    assert "hunter2" not in refusal()


def test_production_refuses_every_development_secret(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ENVIRONMENT", "production")
    text = refusal()
    assert "PRESS_SECRET_KEY" in text
    assert "SERVICE_TOKEN" in text


def test_production_starts_with_secrets_of_its_own(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ENVIRONMENT", "production")
    environment.setenv("PRESS_SECRET_KEY", "q8r2")
    environment.setenv("SERVICE_TOKEN", "k3v9")
    assert load(PressSettings).production


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
