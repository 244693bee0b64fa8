"""What becomes of an account whose grace is over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from auth_service.brakes.addresses import Client as Network
from auth_service.commands import event_service
from auth_service.deletions.models import Deletion
from auth_service.erasure import saga
from auth_service.erasure.tables import ERASED, NOBODYS
from auth_service.events import HANDLERS
from auth_service.mails.listing import text_of
from auth_service.mails.models import Mail
from auth_service.moderation.services import user_suspend
from auth_service.sessions.services import session_open
from auth_service.settings import settings
from auth_service.testing import PASSWORD, AtOnce, Caller, Mailbox
from auth_service.users.models import EmailChange, User
from auth_service.users.services import InvalidCredentials, user_authenticate
from chassis.events import envelope
from chassis.events.databases.django import DjangoDatabase
from chassis.events.envelope import Event
from chassis.events.testing import deliver, example, published
from chassis.events.topology import queues
from django.db import connection
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

OWN = "/api/v2/me/deletion"
CONTRACTS = Path(__file__).parents[3] / "contracts/events"
EXECUTE, COMPLETED = "auth.erasure.execute.v1", "auth.erasure.completed.v1"


@pytest.fixture
def link(alice: Caller) -> str:
    """The receipt of an account that is to be deleted."""
    return str(alice.post(OWN, {"password": PASSWORD}).body["receipt_url"]).removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def later(link: str) -> datetime:
    """Now, when the grace is over."""
    return is_over()


def is_over() -> datetime:
    now = timezone.now()
    assert User.objects.filter(deletes_at__isnull=False).update(deletes_at=now) == 1
    return now


def sent(type_name: str) -> list[Event]:
    return [event for event in published(DjangoDatabase()) if event.type == type_name]


def answers(service: str, counts: dict[str, int]) -> None:
    """A service says that it has erased what it was asked for last."""
    told = example(f"{service}.erasure.done.v1")
    data = {"request_id": str(Deletion.objects.get().id), "counts": counts}
    deliver(event_service(), envelope.decode(_changed(told, data)))


def _changed(event: Event, data: dict[str, Any]) -> bytes:
    return envelope.encode(replace(event, id=uuid7(), data=data))


def everything() -> Iterator[str]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield from (f"{table}: {row}" for row in cursor.fetchall())


def traces(*names: str) -> list[str]:
    return [row for row in everything() if any(name in row for name in names)]


def test_every_service_that_erases_is_waited_for() -> None:
    erases = {file.name.partition(".")[0] for file in CONTRACTS.glob("*.erasure.done.v1.schema.json")}
    assert set(saga.SERVICES) == {"auth"} | erases
    assert {f"{service}.erasure.done.v1" for service in erases} <= HANDLERS.keys()


def test_dead_letters_are_looked_for_on_every_queue() -> None:
    assert {queue.name for queue in queues("auth", HANDLERS)} == set(saga.QUEUES)


def test_every_table_says_what_becomes_of_its_rows(db: None) -> None:
    there = set(connection.introspection.table_names())
    assert there - ERASED.keys() - NOBODYS.keys() == set(), "say in erasure/tables.py what becomes of their rows"
    assert (ERASED.keys() | NOBODYS.keys()) - there == set()


def test_nothing_happens_before_the_grace_is_over(alice: Caller, link: str) -> None:
    saga.deletions_begin(now=timezone.now() + timedelta(days=13))
    assert alice.get(OWN).status == 200
    assert sent(EXECUTE) == []


def test_then_the_account_is_closed_and_the_others_are_asked(
    alice: Caller, link: str, later: datetime, mailbox: Mailbox
) -> None:
    assert saga.deletions_begin(now=later) == 1
    assert saga.deletions_begin(now=later) == 0
    assert alice.get(OWN).body["code"] == "token_revoked"
    assert alice.post("/api/v1/auth/jwt/create", {"login": "alice", "password": PASSWORD}).status == 401
    (asked,) = sent(EXECUTE)
    assert asked.data["user_id"] == str(alice.id)
    told = {message["Subject"]: text_of(message) for message in mailbox.receive()}
    assert f"http://127.0.0.1:8000{link}\n" in told["Your account is being deleted"], "the receipt"


def test_a_suspended_account_is_deleted_too(alice: Caller, link: str, later: datetime) -> None:
    user_suspend(UUID(str(alice.id)), actor=uuid7(), now=timezone.now())
    assert saga.deletions_begin(now=later) == 1


def test_a_log_in_and_the_end_of_the_grace_do_not_both_win(alice: Caller, link: str, later: datetime) -> None:
    authenticated = user_authenticate(login="alice", password=PASSWORD, client=Network(None), now=timezone.now())
    saga.deletions_begin(now=later)
    with pytest.raises(InvalidCredentials):
        session_open(authenticated, user_agent="", ip=None, now=later)
    assert sent(EXECUTE)


def test_when_all_have_answered_the_receipt_has_their_counts(
    alice: Caller, bob: Caller, link: str, later: datetime, mailbox: Mailbox
) -> None:
    saga.deletions_begin(now=later)
    mailbox.receive()
    saga.deletions_continue(now=later)
    answers("blog", {"posts": 3})
    assert bob.get(link).body["completed_at"] is None
    answers("media", {"assets": 2})
    answers("media", {"assets": 0})
    body = bob.get(link).body
    assert body["completed_at"]
    assert body["services"]["blog"] == {"posts": 3}
    assert body["services"]["media"] == {"assets": 2}
    assert body["services"]["auth"]["users_user"] == 1
    assert len(sent(COMPLETED)) == 1
    assert not User.objects.filter(username="alice").exists()
    assert bob.get("/api/v2/me").status == 200


def test_nothing_is_erased_here_while_the_last_mail_waits_but_for_a_day(
    alice: Caller, link: str, later: datetime
) -> None:
    saga.deletions_begin(now=later)
    saga.deletions_continue(now=later)
    assert User.objects.filter(username="alice").exists()
    saga.deletions_continue(now=later + saga.LAST_MAIL_WAITS)
    assert not User.objects.filter(username="alice").exists()


def test_who_does_not_answer_is_asked_again_until_there_is_an_answer(
    alice: Caller, link: str, later: datetime, mailbox: Mailbox
) -> None:
    saga.deletions_begin(now=later)
    mailbox.receive()
    saga.deletions_continue(now=later)
    saga.deletions_continue(now=later + timedelta(minutes=1))
    assert len(sent(EXECUTE)) == 1
    answers("blog", {})
    for hours in (1, 2, 3):
        saga.deletions_continue(now=later + timedelta(hours=hours))
        assert [event.sequence for event in sent(EXECUTE)] == list(range(1, hours + 2))
    answers("media", {})
    saga.deletions_continue(now=later + timedelta(hours=9))
    assert len(sent(EXECUTE)) == 4


def test_an_answer_to_nothing_is_nothing(alice: Caller, link: str) -> None:
    told = example("blog.erasure.done.v1")
    deliver(event_service(), told)
    assert Deletion.objects.get().counts == {}


def test_in_the_end_no_table_knows_the_account(alice: Caller, bob: Caller, mailbox: Mailbox) -> None:
    alice.patch("/api/v1/auth/users/me", {"profile": {"bio": "I am alice"}})
    alice.post("/api/v1/auth/users/set_password", {"current_password": PASSWORD, "new_password": "a brand new one"})
    alice.post("/api/v1/auth/users/reset_password", {"email": alice.email})
    once = {"name": "of alice", "scopes": ["account"], "password": "a brand new one"}
    alice.post("/api/v2/me/tokens", once, Idempotency_Key="once")
    User.objects.filter(username="alice").update(is_staff=True, is_superuser=True)
    admin = Client()
    admin.post("/admin/login/", {"username": "alice", "password": "a brand new one"})  # which keeps the account
    admin.post(f"/admin/users/profile/{alice.id}/change/", {"bio": "alice, in the admin", "locale": "en"})
    admin.post("/admin/users/user/", {"action": "suspend", "_selected_action": [str(bob.id)]})
    alice.post(OWN, {"password": "a brand new one"})
    mailbox.receive()
    names = ("alice", str(alice.id), UUID(str(alice.id)).hex)
    assert len({row.partition(":")[0] for row in traces(*names)}) >= 9

    later = is_over()
    saga.deletions_begin(now=later)
    mailbox.receive()
    saga.deletions_continue(now=later)
    answers("blog", {})
    answers("media", {})
    completed = Deletion.objects.get().completed_at
    assert completed
    saga.deletions_continue(now=completed + timedelta(minutes=1))
    assert traces(str(alice.id)), "services that start late must still hear what ended its sessions"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_event SET published_at = created_at")
    saga.deletions_continue(now=completed + settings().longest_token_life + timedelta(minutes=2))
    assert traces(*names) == []


def test_nothing_of_others_keeps_an_address_that_was_erased(
    alice: Caller, bob: Caller, link: str, mailbox: Mailbox, activation: None
) -> None:
    wanted = {"current_password": PASSWORD, "new_email": "Alice@Example.ORG"}
    assert bob.post("/api/v1/auth/users/set_email", wanted).status == 202
    assert bob.post("/api/v1/auth/users/set_email", wanted | {"new_email": "bob@elsewhere.example"}).status == 202
    to_alice = {"address": alice.email, "address_key": alice.email, "kind": "email_confirm"}
    Mail.objects.create(
        user=User.objects.get(username="bob"),
        credential_version=0,
        created_at=is_over(),
        due_at=timezone.now(),
        **to_alice,
    )
    saga.deletions_begin(now=timezone.now())
    mailbox.receive()
    saga.deletions_continue(now=timezone.now())
    assert traces(alice.email, "Alice@Example.ORG", "Alice@example.org") == []
    assert EmailChange.objects.get().new_email == "bob@elsewhere.example"
    assert Mail.objects.filter(user__username="bob").exists()


def test_events_that_wait_are_published_before_they_are_forgotten(
    alice: Caller, link: str, later: datetime, mailbox: Mailbox
) -> None:
    saga.deletions_begin(now=later)
    mailbox.receive()
    saga.deletions_continue(now=later)
    answers("blog", {})
    answers("media", {})
    saga.deletions_continue(now=timezone.now() + timedelta(hours=1))
    assert sent(EXECUTE)
    assert Deletion.objects.get().user_id == alice.id


def test_of_several_that_begin_it_one_does(alice: Caller, at_once: AtOnce) -> None:
    alice.post(OWN, {"password": PASSWORD})
    later = timezone.now() + timedelta(days=15)
    begun = at_once([lambda: saga.deletions_begin(now=later)] * 3)
    assert sum(begun) == 1
    assert len(sent(EXECUTE)) == 1
