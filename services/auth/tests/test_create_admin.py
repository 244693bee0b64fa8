"""How the first admin is made."""

import io
import sys
from collections.abc import Callable

import pytest
from auth_service.staff.create_admin import create_admin
from auth_service.testing import PASSWORD, Caller, Mailbox
from auth_service.users.models import User
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from chassis.settings import SettingsError
from django.core.management import CommandError, call_command

DANA = ["--email", "dana@example.org", "--username", "dana"]
Create = Callable[..., str]


@pytest.fixture
def create(db: None, monkeypatch: pytest.MonkeyPatch) -> Create:
    def create(password: str = PASSWORD, arguments: list[str] = DANA) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        return create_admin(arguments)

    return create


def test_an_admin_is_one_everywhere_and_others_hear_of_them(create: Create, charlie: Caller) -> None:
    assert create() == "dana is an admin and may log in with this password."
    dana = Caller("dana")
    dana.log_in()
    assert dana.get("/api/v2/me").body["roles"] == ["author", "admin"]
    account = User.objects.get()
    assert (account.is_staff, account.is_superuser) == (True, True)
    events = published(DjangoDatabase())
    assert [event.type for event in events] == ["auth.user.registered.v1", "auth.role.changed.v1"]
    assert events[-1].data["roles"] == ["author", "admin"]


def test_the_second_time_changes_nothing(create: Create) -> None:
    create()
    assert create("another password of hers") == "dana is an admin already; nothing was changed."
    assert User.objects.get().check_password(PASSWORD)


def test_somebody_elses_account_is_not_raised(create: Create, alice: Caller) -> None:
    """Who registered first under the name would be an admin with a password of their own."""
    for email, username in (("alice@example.org", "alice"), ("alice@example.org", "dana"), ("d@example.org", "alice")):
        with pytest.raises(SettingsError, match=r"exists|taken"):
            create(arguments=["--email", email, "--username", username])
    create()
    with pytest.raises(SettingsError, match="taken"):
        create(arguments=["--email", "dana@example.org", "--username", "alice"])
    assert User.objects.get(username="alice").roles == ["author"]


@pytest.mark.parametrize("weak", ["", "short", "password1234", "dana@example.org", "x" * 1025])
def test_a_weak_password_is_refused_and_not_repeated(create: Create, weak: str) -> None:
    with pytest.raises(SettingsError) as refused:
        create(weak)
    assert str(refused.value)
    assert not weak or weak not in str(refused.value)
    assert not User.objects.exists()


def test_a_name_that_is_none_is_refused(create: Create) -> None:
    with pytest.raises(SettingsError, match="email: "):
        create(arguments=["--email", "dana", "--username", "dana"])


@pytest.mark.parametrize("options", [[], ["--no-input", *DANA]])
def test_djangos_command_opens_no_account(db: None, monkeypatch: pytest.MonkeyPatch, options: list[str]) -> None:
    """It would take the password from the environment, which other processes see."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="create-admin"):
        call_command("createsuperuser", *options)
    assert not User.objects.exists()


def test_another_password_by_the_command_ends_every_session(
    alice: Caller, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(login: str, password: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        call_command("changepassword", login)

    for login, password, why in (("nobody", PASSWORD, "no such"), ("alice", "1234567890", "numeric")):
        with pytest.raises(CommandError, match=why):
            change(login, password)
    assert alice.get("/api/v2/me").status == 200
    change("ALICE@example.org", "another long pass phrase")
    assert alice.get("/api/v2/me").body["code"] == "token_revoked"
    assert User.objects.get().check_password("another long pass phrase")
    assert [message["Subject"] for message in mailbox.receive()] == ["Your password was changed"]


def test_a_password_is_no_argument(create: Create, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        create(arguments=[*DANA, "--password", PASSWORD])
    assert "unrecognized arguments" in capsys.readouterr().err
    assert not User.objects.exists()
