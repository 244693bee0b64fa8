"""Accounts that wait for a mail to be answered."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count
from threading import Thread

import pytest
from auth_service.mails.services import MOST_PER_HOUR
from auth_service.registration.services import accounts_purge
from auth_service.settings import AuthSettings, settings
from auth_service.testing import PASSWORD, AtOnce, Caller, Link, Mailbox
from auth_service.users.hashers import Argon2id
from auth_service.users.models import User
from chassis.django.testing import ApiResponse
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.db import connection
from django.test import Client
from django.utils import timezone

USERS = "/api/v1/auth/users"
LOG_IN = "/api/v1/auth/jwt/create"
LAST_READ = 2  # of accounts, before a purge deletes


@pytest.fixture
def dana(activation: None, db: None, mailbox: Mailbox) -> Caller:
    """Registered, and not activated."""
    dana = Caller("dana")
    assert dana.register().status == 201
    return dana


def register(email: str, username: str, password: str) -> int:
    return Caller().post(USERS, {"email": email, "username": username, "password": password}).status


def log_in_with(login: str, password: str) -> object:
    answer = Caller().post(LOG_IN, {"login": login, "password": password})
    return answer.body.get("code", answer.status)


def confirming(link: Link) -> dict[str, str]:
    return {"uid": link.uid, "token": link.token}


def log_in(caller: Caller, password: str = PASSWORD) -> object:
    answer = caller.post(LOG_IN, {"login": caller.username, "password": password})
    return answer.body.get("code", answer.status)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each password that was hashed."""
    passwords: list[str] = []

    class Counted(Argon2id):
        def encode(self, password: str, salt: str) -> str:
            passwords.append(password)
            return super().encode(password, salt)

        def verify(self, password: str, encoded: str) -> bool:
            passwords.append(password)
            return super().verify(password, encoded)

    monkeypatch.setattr("django.contrib.auth.hashers.get_hashers", lambda: [Counted()])
    monkeypatch.setattr("django.contrib.auth.hashers.get_hasher", lambda _algorithm="default": Counted())
    return passwords


def test_an_account_waits_and_nobody_else_hears_of_it(dana: Caller, charlie: Caller) -> None:
    assert log_in(dana) == "not_activated"
    assert log_in(dana, password="wrong password") == "invalid_credentials"
    assert charlie.get("/api/v1/auth/profiles/dana").status == 404
    assert published(DjangoDatabase()) == []


def test_its_link_lets_it_be_used_and_others_hear_of_it(dana: Caller, mailbox: Mailbox) -> None:
    assert dana.post(f"{USERS}/activation", confirming(mailbox.link())).status == 204
    assert log_in(dana) == 200
    assert User.objects.get().email_confirmed
    assert [event.type for event in published(DjangoDatabase())] == ["auth.user.registered.v1"]


def test_the_page_of_the_mail_activates_by_its_form_alone(dana: Caller, mailbox: Mailbox) -> None:
    page = mailbox.link().path
    assert "Activate" in Client().get(page).content.decode()
    assert log_in(dana) == "not_activated"
    assert "may be used now" in Client().post(page, "", "application/x-www-form-urlencoded").content.decode()
    assert log_in(dana) == 200
    again = Client().get(page)
    assert (again.status_code, "activated already; log in" in again.content.decode()) == (403, True)


def test_a_second_activation_is_stale(dana: Caller, mailbox: Mailbox) -> None:
    link = mailbox.link()
    dana.post(f"{USERS}/activation", confirming(link))
    answer = dana.post(f"{USERS}/activation", confirming(link))
    assert (answer.status, answer.body["code"]) == (403, "stale_token")


@pytest.mark.parametrize("part", ["uid", "token"])
def test_a_link_that_was_made_up_is_named(dana: Caller, mailbox: Mailbox, part: str) -> None:
    answer = dana.post(f"{USERS}/activation", confirming(mailbox.link()) | {part: "x" * 43})
    assert (answer.status, list(answer.body)) == (400, [part])
    assert log_in(dana) == "not_activated"


def test_a_link_for_another_purpose_activates_nothing(dana: Caller, mailbox: Mailbox) -> None:
    mailbox.receive()
    dana.post(f"{USERS}/reset_password", {"email": dana.email})
    answer = dana.post(f"{USERS}/activation", confirming(mailbox.link()))
    assert (answer.status, list(answer.body)) == (400, ["token"])


def test_a_link_is_mailed_again_and_the_first_is_void(dana: Caller, mailbox: Mailbox) -> None:
    first = mailbox.link()
    assert dana.post(f"{USERS}/resend_activation", {"email": "DANA@example.org"}).status == 204
    second = mailbox.link()
    assert dana.post(f"{USERS}/activation", confirming(first)).status == 400
    assert dana.post(f"{USERS}/activation", confirming(second)).status == 204


def test_nothing_is_mailed_again_to_who_waits_for_nothing(alice: Caller, mailbox: Mailbox) -> None:
    for email in (alice.email, "nobody@example.org", "no address"):
        assert alice.post(f"{USERS}/resend_activation", {"email": email}).status == 204
    assert mailbox.receive() == []


def test_a_new_password_by_mail_activates_too(dana: Caller, mailbox: Mailbox) -> None:
    mailbox.receive()
    dana.post(f"{USERS}/reset_password", {"email": dana.email})
    new = "another long pass phrase"
    assert (
        dana.post(f"{USERS}/reset_password_confirm", confirming(mailbox.link()) | {"new_password": new}).status == 204
    )
    assert log_in(dana, new) == 200
    told = [event.type for event in published(DjangoDatabase())]
    assert told == ["auth.user.registered.v1", "auth.user.credentials_changed.v1"]


def test_a_taken_address_gets_the_same_answer_and_its_owner_a_mail(
    alice: Caller, activation: None, mailbox: Mailbox
) -> None:
    body = {"email": "Alice@example.org", "username": "charlie", "password": PASSWORD}
    answer = Caller().post(USERS, body)
    assert answer.status == 201
    assert answer.body == {"id": answer.body["id"], "email": "Alice@example.org", "username": "charlie"}
    assert [(mail["To"], mail["Subject"]) for mail in mailbox.receive()] == [
        ("alice@example.org", "You have an account already")
    ]


def test_a_taken_address_does_not_show_by_the_username_either(
    alice: Caller, activation: None, mailbox: Mailbox
) -> None:
    body = {"email": alice.email, "username": "charlie", "password": PASSWORD}
    assert Caller().post(USERS, body).status == 201
    again = Caller().post(USERS, body | {"email": "another@example.org"})
    assert (again.status, list(again.body)) == (400, ["username"])
    assert log_in(Caller("charlie")) == "not_activated"
    assert len(mailbox.receive()) == 1
    assert published(DjangoDatabase())[-1].data["username"] == "alice"
    assert accounts_purge(now=timezone.now() + timedelta(days=settings().activation_days)) == 1


def test_whose_password_counts_for_a_taken_address_is_as_if_it_were_free(
    alice: Caller, dana: Caller, mailbox: Mailbox
) -> None:
    """Of those who registered with an address, the last one; beside them its owner, if it has one."""
    for address in (alice.email, dana.email):
        for username, password in (("one", "the first pass phrase"), ("two", "the other pass phrase")):
            register(address, f"{username}-{address[0]}", password)
        assert log_in_with(address, "the first pass phrase") == "invalid_credentials"
        assert log_in_with(address.upper(), "the other pass phrase") == "not_activated"
        assert log_in_with(address, "no pass phrase at all") == "invalid_credentials"
    assert log_in_with(alice.email, PASSWORD) == 200


def rotate_secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """To another AUTH_SECRET_KEY, with the former one as its fallback."""
    own = settings().model_copy(update={"secret_key": "n" * 40, "secret_key_fallback": settings().secret_key})
    monkeypatch.setattr("auth_service.brakes.addresses.settings", lambda: own)


def test_after_another_secret_key_it_is_so_still(
    alice: Caller, dana: Caller, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in (alice.email, dana.email):
        register(address, f"one-{address[0]}", "the first pass phrase")
    rotate_secret_key(monkeypatch)
    for address in (alice.email, dana.email):
        assert log_in_with(address, "the first pass phrase") == "not_activated"
        register(address, f"two-{address[0]}", "the other pass phrase")
        assert log_in_with(address, "the first pass phrase") == "invalid_credentials"
        assert log_in_with(address, "the other pass phrase") == "not_activated"


def test_who_claimed_an_address_under_the_former_secret_key_does_not_come_back(
    alice: Caller, activation: None, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(alice.email, "one", "the first pass phrase")
    rotate_secret_key(monkeypatch)
    register(alice.email, "two", "the other pass phrase")
    User.objects.get(username="two").delete()
    assert log_in_with(alice.email, "the first pass phrase") == "invalid_credentials"


@pytest.mark.parametrize("address", ["alice@example.org", "dana@example.org", "nobody@example.org"])
@pytest.mark.parametrize("password", ["no pass phrase at all", "the other pass phrase"])
def test_by_an_address_the_same_is_hashed_whosever_it_is(
    alice: Caller, dana: Caller, hashed: list[str], address: str, password: str
) -> None:
    if address != "nobody@example.org":
        register(address, "other", "the other pass phrase")
    hashed.clear()
    log_in_with(address, password)
    assert len(hashed) == 2


def test_the_password_of_who_took_an_address_in_advance_never_counts(dana: Caller, mailbox: Mailbox) -> None:
    """Dana is a stranger here: the mailbox is bob's, who registers afterwards."""
    taken_in_advance = mailbox.link()
    register(dana.email, "bob", "the pass phrase of bob")
    assert dana.post(f"{USERS}/activation", confirming(taken_in_advance)).status == 400
    link = mailbox.link()
    assert "reset-password" in link.page
    assert dana.post(f"{USERS}/activation", confirming(link)).status == 400
    chosen = "what the mailbox chose"
    assert dana.post(f"{USERS}/reset_password_confirm", confirming(link) | {"new_password": chosen}).status == 204
    assert log_in_with(dana.email, chosen) == 200
    assert log_in_with("bob", chosen) == 200
    assert log_in_with(dana.email, PASSWORD) == "invalid_credentials"
    assert log_in(dana) == "not_activated"
    registered = [event for event in published(DjangoDatabase()) if event.type == "auth.user.registered.v1"]
    assert [event.data["username"] for event in registered] == ["bob"]


def test_nor_does_that_of_who_registers_with_it_later(dana: Caller, mailbox: Mailbox) -> None:
    own = mailbox.link()
    register(dana.email, "charlie", "the stranger's pass phrase")
    mailbox.receive()
    dana.post(f"{USERS}/resend_activation", {"email": dana.email})
    (message,) = mailbox.receive()
    assert message["Subject"] == "Choose the password of your account"
    assert dana.post(f"{USERS}/activation", confirming(own)).status == 400


def test_a_mailbox_is_not_filled_by_registering(activation: None, db: None, mailbox: Mailbox) -> None:
    subjects = []
    for number in range(MOST_PER_HOUR + 3):
        spelling = "charlie@example.org" if number % 2 else "CHARLIE@example.org"
        assert register(spelling, f"charlie-{number}", PASSWORD) == 201
        subjects += [message["Subject"] for message in mailbox.receive()]
    assert subjects == ["Welcome to Broadsheet"] + ["Choose the password of your account"] * MOST_PER_HOUR


def test_of_many_who_register_with_an_address_at_once_each_gets_the_same_answer(
    activation: None, at_once: AtOnce, mailbox: Mailbox
) -> None:
    tries = [partial(register, "charlie@example.org", f"charlie-{number}", PASSWORD) for number in range(5)]
    assert at_once(tries) == [201] * 5
    assert User.objects.count() == 5
    assert User.objects.filter(email="charlie@example.org", activated=False).count() == 1
    assert len([message for message in mailbox.receive() if message["To"] == "charlie@example.org"]) == 1


def test_other_faults_do_not_tell_that_the_address_is_taken(alice: Caller, activation: None, mailbox: Mailbox) -> None:
    body = {"email": alice.email, "username": "alice", "password": "1234567890"}
    answer = Caller().post(USERS, body)
    assert (answer.status, set(answer.body)) == (400, {"username", "password"})
    assert mailbox.receive() == []


def test_an_account_that_nobody_activates_is_deleted_and_others_stay(alice: Caller, dana: Caller) -> None:
    later = timezone.now() + timedelta(days=settings().activation_days)
    assert accounts_purge(now=later - timedelta(minutes=5)) == 0
    assert accounts_purge(now=later) == 1
    assert [user.username for user in User.objects.all()] == ["alice"]


def test_who_activates_while_accounts_are_purged_keeps_theirs_or_is_told(
    transactional_db: None, dana: Caller, mailbox: Mailbox
) -> None:
    link = mailbox.link()
    answers: list[ApiResponse] = []

    def activate() -> None:
        answers.append(Caller().post(f"{USERS}/activation", confirming(link)))
        connection.close()

    activating = Thread(target=activate)
    reads = count(1)

    def meanwhile(execute: Callable[..., object], sql: str, *rest: object) -> object:
        result = execute(sql, *rest)
        if f'FROM "{User._meta.db_table}"' in sql and sql.startswith("SELECT") and next(reads) == LAST_READ:
            activating.start()
            activating.join(timeout=1)  # it is through, or waits for the lock
        return result

    with connection.execute_wrapper(meanwhile):
        accounts_purge(now=timezone.now() + timedelta(days=settings().activation_days))
    activating.join()
    assert (answers[0].status, User.objects.exists()) in {(204, True), (400, False)}


@pytest.mark.parametrize(
    ("environment", "mail_url", "waits"),
    [
        ("production", "smtps://mail.example.org", True),
        ("production", "file:", False),
        ("development", "smtp://mail", False),
    ],
)
def test_it_is_on_in_production_where_mail_leaves(environment: str, mail_url: str, waits: bool) -> None:
    found = AuthSettings.model_fields["activation"].get_default(
        call_default_factory=True, validated_data={"environment": environment, "mail_url": mail_url}
    )
    assert found is waits
