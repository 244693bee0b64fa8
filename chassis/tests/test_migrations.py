"""Waiting for migrations is bounded, and says what is missing."""

import pytest
from chassis.migrations import seconds_to_wait, wait
from chassis.settings import SettingsError

URL = "postgresql://auth:secret@db.example:6543/auth"


def test_waiting_ends_when_nothing_is_pending() -> None:
    answers = [["users.0002"], []]
    wait(lambda: answers.pop(0), database_url=URL, seconds=5, pause=0)
    assert answers == []


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    def unreachable() -> list[str]:
        raise ConnectionError("secret")

    with pytest.raises(SettingsError) as refused:
        wait(unreachable, database_url=URL, seconds=0)
    assert str(refused.value) == (
        "Gave up after 0 s: the database at db.example:6543 does not answer (ConnectionError)."
    )


def test_a_migration_that_never_comes_is_named() -> None:
    with pytest.raises(SettingsError, match=r"lacks 2 of its migrations, users\.0002 first"):
        wait(lambda: ["users.0002", "users.0003"], database_url=URL, seconds=0)


def test_the_bound_is_a_number_of_seconds() -> None:
    assert seconds_to_wait([]) is None
    assert seconds_to_wait(["--wait", "300"]) == 300
    with pytest.raises(SettingsError, match="Say how many seconds"):
        seconds_to_wait(["--wait", "long"])
