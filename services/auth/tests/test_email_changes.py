"""Changing an e-mail address, and undoing it."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
from auth_service.emails.services import email_changes_forget
from auth_service.mailed_tokens.models import MailedToken
from auth_service.mails.listing import text_of
from auth_service.mails.models import Mail
from auth_service.mails.services import MOST_PER_HOUR
from auth_service.sessions.models import Session
from auth_service.settings import settings
from auth_service.testing import PASSWORD, AtOnce, Caller, Link, Mailbox
from auth_service.users.models import EmailChange, User
from chassis.django.testing import ApiResponse
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.test import Client
from django.utils import timezone

USERS, LOG_IN = "/api/v1/auth/users", "/api/v1/auth/jwt/create"
NEW, THIEF = "alice@example.net", "thief@example.net"
NEW_PASSWORD = "another long pass phrase"


def ask(caller: Caller, email: str = NEW, password: str = PASSWORD) -> ApiResponse:
    return caller.post(f"{USERS}/set_email", {"current_password": password, "new_email": email})


def links(mailbox: Mailbox) -> dict[str, Link]:
    """The link in each new mail, by its receiver."""
    found = {}
    for message in mailbox.receive():
        for line in text_of(message).splitlines():
            if line.startswith("http"):
                found[str(message["To"])] = Link(*urlsplit(line).path.rsplit("/", 2))
    return found


def use(link: Link, action: str) -> ApiResponse:
    return Caller().post(f"{USERS}/{action}", {"uid": link.uid, "token": link.token})


def changed(caller: Caller, mailbox: Mailbox, email: str = NEW, password: str = PASSWORD) -> Link:
    """Another address, asked for and confirmed; the link that undoes it."""
    present = User.objects.get(username=caller.username).email
    assert ask(caller, email, password).status == 202
    mailed = links(mailbox)
    assert use(mailed[email], "set_email_confirm").status == 204
    return mailed[present]


def address(caller: Caller) -> str:
    return User.objects.get(username=caller.username).email


def can_log_in(login: str, password: str = PASSWORD) -> bool:
    return Caller().post(LOG_IN, {"login": login, "password": password}).status == 200


def test_an_address_changes_once_the_mail_to_it_is_answered(alice: Caller, mailbox: Mailbox) -> None:
    answer = ask(alice)
    assert (answer.status, answer.body) == (202, {"pending_email": NEW})
    assert address(alice) == alice.email
    mailed = links(mailbox)
    assert {to: link.page for to, link in mailed.items()} == {
        NEW: "/account/confirm-email",
        alice.email: "/account/undo",
    }
    assert use(mailed[NEW], "set_email_confirm").status == 204
    assert (address(alice), User.objects.get().email_confirmed) == (NEW, True)
    assert can_log_in("ALICE@example.net")
    assert not can_log_in(alice.email)
    assert alice.get(f"{USERS}/me").body["email"] == NEW


def test_it_is_undone_from_the_old_one_and_every_session_ends(alice: Caller, mailbox: Mailbox) -> None:
    undo = changed(alice, mailbox)
    assert use(undo, "undo_email").status == 204
    assert address(alice) == alice.email
    assert alice.get(f"{USERS}/me").body["code"] == "token_revoked"
    assert {session.ended_by for session in Session.objects.all()} == {Session.EndedBy.UNDO}
    event = published(DjangoDatabase())[-1]
    assert (event.type, event.data["reason"]) == ("auth.user.tokens_revoked.v1", "undo")
    answer = use(undo, "undo_email")
    assert (answer.status, answer.body["code"]) == (403, "stale_token")
    alice.log_in()
    told = [entry["action"] for entry in alice.get("/api/v2/me/audit").body["items"]]
    assert told[1:5] == ["session.ended", "email.undone", "email.changed", "email.asked"]


def test_it_is_undone_before_it_happened_too(alice: Caller, mailbox: Mailbox) -> None:
    ask(alice)
    mailed = links(mailbox)
    assert use(mailed[alice.email], "undo_email").status == 204
    assert list(use(mailed[NEW], "set_email_confirm").body) == ["token"]
    assert (address(alice), alice.get(f"{USERS}/me").status) == (alice.email, 401)


def test_whatever_a_thief_does_afterwards_the_owner_gets_the_address_back(alice: Caller, mailbox: Mailbox) -> None:
    """Another password, and another address, and both again: each makes void what was mailed, but not this link."""
    undo = changed(alice, mailbox, THIEF)
    alice.post(f"{USERS}/set_password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})
    undo_of_the_thief = changed(alice, mailbox, "other-thief@example.net", NEW_PASSWORD)
    alice.post(f"{USERS}/reset_password", {"email": "other-thief@example.net"})
    reset = links(mailbox)["other-thief@example.net"]
    alice.post(f"{USERS}/reset_password", {"email": "other-thief@example.net"})
    assert use(undo, "undo_email").status == 204
    assert address(alice) == alice.email
    assert use(undo_of_the_thief, "undo_email").status == 400
    body = {"uid": reset.uid, "token": reset.token, "new_password": PASSWORD}
    assert alice.post(f"{USERS}/reset_password_confirm", body).status == 400
    assert mailbox.receive() == []
    assert not MailedToken.objects.filter(used_at=None).exists()


def test_a_notice_is_sent_though_the_password_changed_before_it_was(alice: Caller, mailbox: Mailbox) -> None:
    ask(alice)
    alice.post(f"{USERS}/set_password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})
    mailed = links(mailbox)
    assert list(mailed) == [alice.email]
    assert use(mailed[alice.email], "undo_email").status == 204


def test_an_undone_change_mails_no_link_that_undoes_it(alice: Caller, mailbox: Mailbox) -> None:
    undo = changed(alice, mailbox, THIEF)
    ask(alice, "other-thief@example.net")
    assert use(undo, "undo_email").status == 204
    assert links(mailbox) == {}


def test_an_earlier_change_can_still_be_undone_after_a_later_one_was(alice: Caller, mailbox: Mailbox) -> None:
    first = changed(alice, mailbox)
    second = changed(alice, mailbox, THIEF)
    assert use(second, "undo_email").status == 204
    assert address(alice) == NEW
    assert use(first, "undo_email").status == 204
    assert address(alice) == alice.email


def test_the_old_address_stays_taken_while_it_can_be_had_back(alice: Caller, bob: Caller, mailbox: Mailbox) -> None:
    undo = changed(alice, mailbox)
    body = {"email": "ALICE@example.org", "username": "charlie", "password": PASSWORD}
    assert list(Caller().post(USERS, body).body) == ["email"]
    ask(bob, alice.email)
    assert alice.email not in links(mailbox)
    assert use(undo, "undo_email").status == 204
    assert address(alice) == alice.email


def test_with_activation_its_registration_gets_the_answer_of_a_free_one(
    alice: Caller, activation: None, mailbox: Mailbox
) -> None:
    changed(alice, mailbox)
    body = {"email": alice.email, "username": "charlie", "password": PASSWORD}
    assert Caller().post(USERS, body).status == 201
    assert mailbox.receive() == []
    assert not User.objects.filter(email=alice.email).exists()


def test_its_owner_may_go_back_to_it(alice: Caller, mailbox: Mailbox) -> None:
    changed(alice, mailbox)
    changed(alice, mailbox, alice.email)
    assert address(alice) == alice.email


def test_after_a_while_it_cannot_be_undone_and_is_free(alice: Caller, mailbox: Mailbox) -> None:
    undo = changed(alice, mailbox)
    assert settings().email_undo_time == timedelta(days=7)
    EmailChange.objects.update(undo_until=timezone.now())
    assert list(use(undo, "undo_email").body) == ["token"]
    body = {"email": alice.email, "username": "charlie", "password": PASSWORD}
    assert Caller().post(USERS, body).status == 201
    email_changes_forget(now=timezone.now())
    assert not EmailChange.objects.exists()
    assert list(use(undo, "undo_email").body) == ["token"]


def test_whose_the_new_address_is_shows_in_no_answer(alice: Caller, bob: Caller, mailbox: Mailbox) -> None:
    answer = ask(alice, "BOB@example.org")
    assert (answer.status, answer.body) == (202, {"pending_email": "BOB@example.org"})
    mails = {str(message["To"]): str(message["Subject"]) for message in mailbox.receive()}
    assert mails == {alice.email: "Another address was asked for", bob.email: "Your address was asked for"}


def test_an_address_that_somebody_got_meanwhile_is_refused(alice: Caller, mailbox: Mailbox) -> None:
    ask(alice)
    mailed = links(mailbox)
    Caller().post(USERS, {"email": NEW, "username": "bob", "password": PASSWORD})
    assert list(use(mailed[NEW], "set_email_confirm").body) == ["token"]
    assert address(alice) == alice.email


def test_an_account_that_waits_for_a_mail_loses_the_address_to_who_read_one(
    alice: Caller, activation: None, mailbox: Mailbox
) -> None:
    Caller().post(USERS, {"email": NEW, "username": "charlie", "password": NEW_PASSWORD})
    activation_link = links(mailbox)[NEW]
    changed(alice, mailbox)
    assert address(alice) == NEW
    assert use(activation_link, "activation").status == 400
    assert not can_log_in(NEW, NEW_PASSWORD)


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"current_password": "wrong", "new_email": NEW}, "current_password"),
        ({"new_email": NEW}, "current_password"),
        ({"current_password": PASSWORD}, "new_email"),
        ({"current_password": PASSWORD, "new_email": "no address"}, "new_email"),
        ({"current_password": PASSWORD, "new_email": 7}, "new_email"),
        ({"current_password": PASSWORD, "new_email": "ALICE@EXAMPLE.org"}, "new_email"),
        ({"current_password": PASSWORD, "new_email": f"{'a' * 250}@example.org"}, "new_email"),
    ],
)
def test_what_is_wrong_with_a_change_is_named(
    alice: Caller, mailbox: Mailbox, sent: dict[str, object], named: str
) -> None:
    answer = alice.post(f"{USERS}/set_email", sent)
    assert (answer.status, list(answer.body)) == (400, [named])
    assert mailbox.receive() == []


def test_a_stranger_changes_no_address(charlie: Caller) -> None:
    assert ask(charlie).status == 401


def test_no_change_goes_without_a_notice(alice: Caller, mailbox: Mailbox) -> None:
    for number in range(MOST_PER_HOUR):
        assert ask(alice, f"alice-{number}@example.net").status == 202
    answer = ask(alice)
    assert (answer.status, answer.body["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    notices = [message for message in mailbox.receive() if message["To"] == alice.email]
    assert len(notices) == MOST_PER_HOUR == EmailChange.objects.count()


def test_a_newer_request_makes_the_older_link_void(alice: Caller, mailbox: Mailbox) -> None:
    ask(alice, "first@example.net")
    first = links(mailbox)["first@example.net"]
    ask(alice)
    second = links(mailbox)[NEW]
    assert list(use(first, "set_email_confirm").body) == ["token"]
    assert use(second, "set_email_confirm").status == 204


def test_so_does_one_for_an_address_that_is_taken(alice: Caller, bob: Caller, mailbox: Mailbox) -> None:
    """Else the older link would tell who asks whether the address is."""
    ask(alice)
    older = links(mailbox)[NEW]
    ask(alice, bob.email)
    assert list(use(older, "set_email_confirm").body) == ["token"]
    assert address(alice) == alice.email


@pytest.mark.parametrize("newer", [NEW, "bob@example.org"])
def test_a_mail_for_an_older_request_is_not_sent_after_a_newer_one(
    alice: Caller, bob: Caller, mailbox: Mailbox, newer: str
) -> None:
    ask(alice, "typo@stranger.example")
    put_off = Mail.objects.filter(address="typo@stranger.example")
    put_off.update(due_at=timezone.now() + timedelta(minutes=1))
    ask(alice, newer)
    newest = links(mailbox)
    put_off.update(due_at=timezone.now())
    assert links(mailbox) == {}
    if newer == NEW:
        assert use(newest[NEW], "set_email_confirm").status == 204
        assert address(alice) == NEW


def test_a_change_is_confirmed_while_it_is_shown_as_pending(alice: Caller, mailbox: Mailbox) -> None:
    ask(alice)
    link = links(mailbox)[NEW]
    EmailChange.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert alice.get("/api/v2/me/email").body["pending_email"] is None
    assert list(use(link, "set_email_confirm").body) == ["token"]
    assert address(alice) == alice.email


def test_a_change_that_can_be_confirmed_no_more_mails_no_link(alice: Caller, mailbox: Mailbox) -> None:
    ask(alice)
    EmailChange.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert list(links(mailbox)) == [alice.email]  # the notice


@pytest.mark.parametrize("action", ["set_email_confirm", "undo_email"])
@pytest.mark.parametrize("part", ["uid", "token"])
def test_a_link_that_was_made_up_is_named(alice: Caller, action: str, part: str) -> None:
    sent = {"uid": str(alice.id), "token": "x" * 43} | {part: "\N{SNOWMAN}"}
    answer = Caller().post(f"{USERS}/{action}", sent)
    assert (answer.status, list(answer.body)) == (400, [part])


def test_each_link_is_good_for_one_thing(alice: Caller, mailbox: Mailbox) -> None:
    ask(alice)
    mailed = links(mailbox)
    assert list(use(mailed[NEW], "undo_email").body) == ["token"]
    assert list(use(mailed[alice.email], "set_email_confirm").body) == ["token"]
    assert list(use(mailed[alice.email], "activation").body or []) in (["token"], ["detail", "code"])


def test_of_two_who_confirm_one_address_at_once_one_gets_it(at_once: AtOnce, mailbox: Mailbox) -> None:
    tries = []
    for username in ("alice", "bob"):
        caller = Caller(username)
        caller.register()
        caller.log_in()
        ask(caller)
        tries.append(partial(use, links(mailbox)[NEW], "set_email_confirm"))
    assert sorted(answer.status for answer in at_once(tries)) == [204, 400]
    assert User.objects.filter(email=NEW).count() == 1


def test_the_pages_change_and_undo_by_their_forms_alone(alice: Caller, mailbox: Mailbox) -> None:
    browser = Client(headers={"accept-language": "de"})
    ask(alice)
    mailed = links(mailbox)
    for to, done, after in ((NEW, "hat jetzt diese Adresse", NEW), (alice.email, "frühere Adresse", alice.email)):
        before = address(alice)
        page = browser.get(mailed[to].path)
        assert (page.status_code, "<form" in page.content.decode(), address(alice)) == (200, True, before)
        assert page.headers["Cache-Control"] == "no-store"
        page = browser.post(mailed[to].path, "", "application/x-www-form-urlencoded")
        assert (page.status_code, done in page.content.decode(), address(alice)) == (200, True, after)
        assert browser.get(mailed[to].path).status_code == 403
