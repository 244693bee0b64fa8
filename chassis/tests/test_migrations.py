"""Waiting for migrations is bounded, and says what is missing."""

from pathlib import Path
from typing import NoReturn

import pytest
from chassis.migrations import database_url, nothing_to_do, seconds_to_wait, wait
from chassis.settings import SettingsError

URL = "postgresql://auth:secret@db.example:6543/auth"


def test_waiting_ends_when_nothing_is_pending() -> None:
    answers, said = [["users.0002"], []], list[str]()
    wait(lambda: answers.pop(0), database_url=URL, seconds=5, say=said.append, pause=0)
    assert answers == []
    assert said == ["the database at db.example:6543 lacks 1 of its migrations, users.0002 first; 5 s left"]


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    def unreachable() -> list[str]:
        raise ConnectionError("secret")

    with pytest.raises(SettingsError) as refused:
        wait(unreachable, database_url=URL, seconds=0, say=print)
    assert str(refused.value) == (
        "Gave up after 0 s: the database at db.example:6543 does not answer (ConnectionError)."
    )


def test_a_migration_that_never_comes_is_named() -> None:
    with pytest.raises(SettingsError, match=r"lacks 2 of its migrations, users\.0002 first"):
        wait(lambda: ["users.0002", "users.0003"], database_url=URL, seconds=0, say=print)


def test_there_is_nothing_to_do_only_where_the_database_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(_url: str) -> list[str]:
        raise ConnectionError

    def unread() -> NoReturn:
        raise AssertionError("the URL was told by the environment")

    monkeypatch.setenv("PRESS_DATABASE_URL", URL)
    assert nothing_to_do("press", unread, lambda url: [] if url == URL else ["users.0001"])
    assert capsys.readouterr().out == "The database at db.example:6543 has all its migrations.\n"
    assert not nothing_to_do("press", unread, lambda _: ["users.0002"])
    assert not nothing_to_do("press", unread, unreachable)
    assert capsys.readouterr().out == ""


def test_the_bound_is_a_number_of_seconds() -> None:
    assert seconds_to_wait([]) is None
    assert seconds_to_wait(["--wait", "300"]) == 300
    with pytest.raises(SettingsError, match="Say how many seconds"):
        seconds_to_wait(["--wait", "long"])


def test_the_database_is_told_by_the_variable_else_by_the_secret_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRETS_DIR", raising=False)
    assert database_url("press") == ""
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    assert database_url("press") == ""
    (tmp_path / "PRESS_DATABASE_URL").write_text(f"{URL}\n")
    assert database_url("press") == URL
    monkeypatch.setenv("PRESS_DATABASE_URL", "sqlite:///press")
    assert database_url("press") == "sqlite:///press"
