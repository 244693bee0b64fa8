"""Changing a password, and choosing another for a forgotten one."""

import re
from datetime import timedelta
from functools import partial

import pytest
from auth_service.mailed_tokens.models import MailedToken
from auth_service.mails.listing import text_of
from auth_service.mails.models import Mail
from auth_service.mails.requests import requests_answer
from auth_service.mails.services import MOST_PER_HOUR
from auth_service.moderation.services import user_suspend
from auth_service.sessions.models import Session
from auth_service.testing import PASSWORD, AtOnce, Caller, Link, Mailbox
from auth_service.users.models import User
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

NEW = "another long pass phrase"
NOBODY = "01900000-0000-7000-8000-0000000000ff"
USERS = "/api/v1/auth/users"
LOG_IN = "/api/v1/auth/jwt/create"


def changing(current: str = PASSWORD, new: str = NEW) -> dict[str, str]:
    return {"current_password": current, "new_password": new}


def confirming(link: Link, new: str = NEW) -> dict[str, str]:
    return {"uid": link.uid, "token": link.token, "new_password": new}


def asked(caller: Caller, mailbox: Mailbox) -> Link:
    """The link that a caller who forgot their password gets."""
    assert caller.post(f"{USERS}/reset_password", {"email": caller.email}).status == 204
    return mailbox.link()


def test_a_password_is_changed_and_other_sessions_end(alice: Caller, mailbox: Mailbox) -> None:
    elsewhere = Caller("alice")
    elsewhere.log_in()
    assert alice.post(f"{USERS}/set_password", changing()).status == 204
    assert alice.get(f"{USERS}/me").status == 200
    assert elsewhere.get(f"{USERS}/me").body["code"] == "token_revoked"
    assert alice.post(LOG_IN, {"login": "alice", "password": PASSWORD}).status == 401
    assert alice.post(LOG_IN, {"login": "alice", "password": NEW}).status == 200
    assert published(DjangoDatabase())[-1].type == "auth.session.revoked.v1"
    (message,) = mailbox.receive()
    assert (message["To"], message["Subject"]) == ("alice@example.org", "Your password was changed")


def test_a_password_is_kept_as_it_was_typed(alice: Caller) -> None:
    alice.post(f"{USERS}/set_password", changing(new=f"  {NEW} "))
    assert alice.post(LOG_IN, {"login": "alice", "password": NEW}).status == 401
    assert alice.post(LOG_IN, {"login": "alice", "password": f"  {NEW} "}).status == 200


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (changing(current="wrong"), "current_password"),
        (changing(new="short"), "new_password"),
        (changing(new="1234567890"), "new_password"),
        (changing(new=" " * 12), "new_password"),
        (changing(new="a" * 1025), "new_password"),
        ({"new_password": NEW}, "current_password"),
    ],
)
def test_what_is_wrong_with_a_change_is_named(alice: Caller, sent: dict[str, str], named: str) -> None:
    answer = alice.post(f"{USERS}/set_password", sent)
    assert (answer.status, list(answer.body)) == (400, [named])
    assert alice.post(LOG_IN, {"login": "alice", "password": PASSWORD}).status == 200


def test_a_stranger_changes_no_password(charlie: Caller) -> None:
    assert charlie.post(f"{USERS}/set_password", changing()).status == 401


def test_a_forgotten_password_is_replaced_and_every_session_ends(alice: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    assert alice.post(f"{USERS}/reset_password_confirm", confirming(link)).status == 204
    assert alice.get(f"{USERS}/me").body["code"] == "token_revoked"
    assert alice.post(LOG_IN, {"login": "alice", "password": NEW}).status == 200
    assert User.objects.get().email_confirmed
    assert [message["Subject"] for message in mailbox.receive()] == ["Your password was changed"]


@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "a" * 254, "\N{SNOWMAN}@example.org"])
def test_an_unknown_address_gets_the_same_answer_and_no_mail(alice: Caller, mailbox: Mailbox, email: str) -> None:
    assert alice.post(f"{USERS}/reset_password", {"email": email}).status == 204
    assert mailbox.receive() == []


def test_the_address_may_be_spelt_otherwise_and_the_stored_one_gets_the_mail(alice: Caller, mailbox: Mailbox) -> None:
    alice.post(f"{USERS}/reset_password", {"email": "ALICE@Example.ORG"})
    assert [message["To"] for message in mailbox.receive()] == ["alice@example.org"]


def test_a_suspended_account_gets_no_mail_and_its_links_are_dead(alice: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    user_suspend(User.objects.get().id, actor=User.objects.get().id, now=timezone.now())
    alice.post(f"{USERS}/reset_password", {"email": alice.email})
    assert mailbox.receive() == []
    assert list(alice.post(f"{USERS}/reset_password_confirm", confirming(link)).body) == ["uid"]


def test_a_mailbox_is_not_filled_from_a_form(alice: Caller, mailbox: Mailbox) -> None:
    received = 0
    for _ in range(MOST_PER_HOUR + 3):
        assert alice.post(f"{USERS}/reset_password", {"email": alice.email}).status == 204
        received += len(mailbox.receive())
    assert received == MOST_PER_HOUR


def test_of_what_waits_to_be_sent_the_last_link_alone_is(alice: Caller, mailbox: Mailbox) -> None:
    for _ in range(3):
        alice.post(f"{USERS}/reset_password", {"email": alice.email})
    assert alice.post(f"{USERS}/reset_password_confirm", confirming(mailbox.link())).status == 204


def test_a_used_link_is_stale(alice: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    alice.post(f"{USERS}/reset_password_confirm", confirming(link))
    answer = alice.post(f"{USERS}/reset_password_confirm", confirming(link, new="yet another pass phrase"))
    assert (answer.status, answer.body["code"]) == (403, "stale_token")
    assert alice.post(LOG_IN, {"login": "alice", "password": NEW}).status == 200


def test_a_weak_password_leaves_the_link_good(alice: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    answer = alice.post(f"{USERS}/reset_password_confirm", confirming(link, new="1234567890"))
    assert (answer.status, list(answer.body)) == (400, ["new_password"])
    assert alice.post(f"{USERS}/reset_password_confirm", confirming(link)).status == 204


def test_a_newer_link_makes_the_older_one_void(alice: Caller, mailbox: Mailbox) -> None:
    older, newer = asked(alice, mailbox), asked(alice, mailbox)
    assert list(alice.post(f"{USERS}/reset_password_confirm", confirming(older)).body) == ["token"]
    assert alice.post(f"{USERS}/reset_password_confirm", confirming(newer)).status == 204


def test_a_new_password_makes_links_void_and_mails_that_wait(alice: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    alice.post(f"{USERS}/reset_password", {"email": alice.email})
    requests_answer(now=timezone.now())
    alice.post(f"{USERS}/reset_password", {"email": alice.email})
    alice.post(f"{USERS}/set_password", changing())
    assert list(alice.post(f"{USERS}/reset_password_confirm", confirming(link, new=PASSWORD)).body) == ["token"]
    assert [message["Subject"] for message in mailbox.receive()] == ["Your password was changed"]
    assert Mail.objects.filter(state=Mail.State.VOID).count() == 1


@pytest.mark.parametrize("path", ["reset_password", "resend_activation"])
def test_to_ask_for_a_mail_is_the_same_work_for_every_address(alice: Caller, path: str) -> None:
    """Time would tell which addresses are known: whose they are is for the job to find out."""

    def statements(email: str) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            assert alice.post(f"{USERS}/{path}", {"email": email}).status == 204
        return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in asked.captured_queries]

    assert statements(alice.email) == statements("nobody@example.org")
    assert not any("users_user" in statement for statement in statements(alice.email))


def test_an_hour_old_link_is_dead(alice: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    MailedToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert list(alice.post(f"{USERS}/reset_password_confirm", confirming(link)).body) == ["token"]


@pytest.mark.parametrize("part", ["uid", "token"])
@pytest.mark.parametrize("wrong", ["", "x", NOBODY, "\N{SNOWMAN}", 7, None, []])
def test_a_link_that_was_made_up_is_named(alice: Caller, mailbox: Mailbox, part: str, wrong: object) -> None:
    sent = confirming(asked(alice, mailbox)) | {part: wrong}
    answer = alice.post(f"{USERS}/reset_password_confirm", sent)
    assert (answer.status, list(answer.body)) == (400, [part])


def test_a_link_is_good_for_its_own_account_alone(alice: Caller, bob: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    answer = bob.post(f"{USERS}/reset_password_confirm", confirming(link) | {"uid": str(bob.id)})
    assert list(answer.body) == ["token"]


def test_of_many_who_use_a_link_at_once_one_does(at_once: AtOnce, mailbox: Mailbox) -> None:
    alice = Caller("alice")
    alice.register()
    link = asked(alice, mailbox)
    tries = [partial(Caller().post, f"{USERS}/reset_password_confirm", confirming(link)) for _ in range(5)]
    assert sorted(answer.status for answer in at_once(tries)) == [204, 403, 403, 403, 403]
    assert Mail.objects.filter(kind="password_changed").count() == 1


def test_a_log_in_that_meets_a_reset_opens_no_session(alice: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    alice.post(f"{USERS}/reset_password_confirm", confirming(link))
    assert {session.ended_by for session in Session.objects.all()} == {Session.EndedBy.PASSWORD}


def test_the_link_leads_to_the_settings_host_whatever_was_asked(alice: Caller, mailbox: Mailbox) -> None:
    alice.post(f"{USERS}/reset_password", {"email": alice.email}, Host="evil.example")
    (message,) = mailbox.receive()
    assert "http://127.0.0.1:8000/account/reset-password/" in text_of(message)
    assert "evil" not in str(message)


def test_no_token_is_kept_in_the_database(alice: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    kept = [*MailedToken.objects.values_list(), *Mail.objects.values_list()]
    assert link.token not in str(kept)
    assert len(link.token) >= 43
