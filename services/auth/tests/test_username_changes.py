"""Changing a username, and asking for a forgotten one."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

import pytest
from auth_service.settings import settings
from auth_service.testing import PASSWORD, AtOnce, Caller, Link, Mailbox
from auth_service.usernames.services import MOST_HELD, usernames_release
from auth_service.users.models import FormerUsername, User
from chassis.django.testing import ApiResponse
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.test import Client
from django.utils import timezone

USERS = "/api/v1/auth/users"


def rename(caller: Caller, username: str, password: str = PASSWORD) -> ApiResponse:
    return caller.post(f"{USERS}/set_username", {"current_password": password, "new_username": username})


def asked(caller: Caller, mailbox: Mailbox) -> Link:
    assert caller.post(f"{USERS}/reset_username", {"email": caller.email}).status == 204
    return mailbox.link()


def confirming(link: Link, username: str = "alicia") -> dict[str, str]:
    return {"uid": link.uid, "token": link.token, "new_username": username}


def register(username: str) -> object:
    answer = Caller().post(USERS, {"email": f"{username}@example.net", "username": username, "password": PASSWORD})
    return answer.body.get("username", answer.status) if answer.status == 400 else answer.status


def test_a_username_is_changed_and_others_hear_of_it(alice: Caller, charlie: Caller) -> None:
    assert rename(alice, "Alicia").status == 204
    assert alice.get(f"{USERS}/me").body["username"] == "Alicia"
    event = published(DjangoDatabase())[-1]
    assert (event.type, event.data["username"]) == ("auth.profile.updated.v1", "Alicia")
    assert event.sequence == User.objects.get().version
    assert alice.get("/api/v2/me/audit").body["items"][0]["action"] == "username.changed"
    assert charlie.get("/api/v1/auth/profiles/alicia").status == 200
    assert charlie.get("/api/v1/auth/profiles/alice").status == 404
    for login, status in (("ALICIA", 200), ("alice", 401)):
        assert charlie.post("/api/v1/auth/jwt/create", {"login": login, "password": PASSWORD}).status == status


@pytest.mark.parametrize("wanted", ["alice", "ALICE", "a1ice", "aIice"])
def test_a_former_username_and_what_looks_like_it_are_held(alice: Caller, bob: Caller, wanted: str) -> None:
    rename(alice, "somebody")
    assert register(wanted) in (["This username is taken."], ["This username looks like another one."])
    assert list(rename(bob, wanted).body) == ["new_username"]
    FormerUsername.objects.update(held_until=timezone.now())
    assert register(wanted) == 201


def test_it_is_held_for_ninety_days_and_then_forgotten(alice: Caller) -> None:
    rename(alice, "somebody")
    assert settings().former_username_hold == timedelta(days=90)
    usernames_release(now=timezone.now() + timedelta(days=89))
    assert FormerUsername.objects.exists()
    usernames_release(now=timezone.now() + timedelta(days=91))
    assert not FormerUsername.objects.exists()


def test_its_owner_may_go_back_to_it(alice: Caller) -> None:
    rename(alice, "somebody")
    assert rename(alice, "Alice").status == 204
    assert [former.username for former in FormerUsername.objects.all()] == ["somebody"]


def test_nobody_collects_names(alice: Caller) -> None:
    for number in range(MOST_HELD):
        assert rename(alice, f"somebody-{number}").status == 204
    answer = rename(alice, "one-more")
    assert (answer.status, list(answer.body)) == (400, ["new_username"])
    assert rename(alice, "alice").status == 204


def test_another_spelling_of_ones_own_name_holds_nothing(alice: Caller) -> None:
    for spelling in ("Alice", "A1ice", "Alice", "Alice"):
        assert rename(alice, spelling).status == 204
    assert [former.username for former in FormerUsername.objects.all()] == ["A1ice"]


@pytest.mark.parametrize(
    ("username", "why"),
    [
        ("bob", "taken"),
        ("B0B", "looks like"),
        ("admin", "reserved"),
        ("al", "Use 3 to 30"),
        ("al ice", "Use 3 to 30"),
        ("alice\n", "Use 3 to 30"),
        ("a" * 31, "Use 3 to 30"),
        ("", "blank"),
    ],
)
def test_a_name_that_cannot_be_had_is_refused_and_says_why(alice: Caller, bob: Caller, username: str, why: str) -> None:
    answer = rename(alice, username)
    assert (answer.status, list(answer.body)) == (400, ["new_username"])
    assert why in answer.body["new_username"][0]
    assert alice.get(f"{USERS}/me").body["username"] == "alice"


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"current_password": "wrong", "new_username": "alicia"}, "current_password"),
        ({"new_username": "alicia"}, "current_password"),
        ({"current_password": PASSWORD}, "new_username"),
        ({"current_password": PASSWORD, "new_username": 7}, "new_username"),
    ],
)
def test_what_is_wrong_with_a_change_is_named(alice: Caller, sent: dict[str, object], named: str) -> None:
    answer = alice.post(f"{USERS}/set_username", sent)
    assert (answer.status, list(answer.body)) == (400, [named])


def test_a_stranger_changes_no_username(charlie: Caller) -> None:
    assert rename(charlie, "alicia").status == 401


def test_of_two_who_want_one_name_at_once_one_gets_it(at_once: AtOnce) -> None:
    callers = [Caller("alice"), Caller("bob")]
    for caller in callers:
        caller.register()
        caller.log_in()
    answers = at_once([partial(rename, caller, "somebody") for caller in callers])
    assert sorted(answer.status for answer in answers) == [204, 400]
    assert User.objects.filter(username="somebody").count() == 1


def test_a_forgotten_username_is_mailed_and_may_be_another(alice: Caller, mailbox: Mailbox) -> None:
    assert alice.post(f"{USERS}/reset_username", {"email": "ALICE@example.org"}).status == 204
    (message,) = mailbox.receive()
    assert "it is alice, and you may log in" in str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    link = asked(alice, mailbox)
    assert alice.post(f"{USERS}/reset_username_confirm", confirming(link)).status == 204
    assert alice.get(f"{USERS}/me").body["username"] == "alicia"
    answer = alice.post(f"{USERS}/reset_username_confirm", confirming(link, "another"))
    assert (answer.status, answer.body["code"]) == (403, "stale_token")


def test_a_name_that_is_taken_leaves_the_link_good(alice: Caller, bob: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    answer = alice.post(f"{USERS}/reset_username_confirm", confirming(link, "bob"))
    assert (answer.status, list(answer.body)) == (400, ["new_username"])
    assert alice.post(f"{USERS}/reset_username_confirm", confirming(link)).status == 204


@pytest.mark.parametrize("part", ["uid", "token"])
def test_a_link_that_was_made_up_is_named(alice: Caller, mailbox: Mailbox, part: str) -> None:
    answer = alice.post(f"{USERS}/reset_username_confirm", confirming(asked(alice, mailbox)) | {part: "x" * 43})
    assert (answer.status, list(answer.body)) == (400, [part])


def test_its_link_is_good_for_no_password(alice: Caller, mailbox: Mailbox) -> None:
    link = asked(alice, mailbox)
    body = {"uid": link.uid, "token": link.token, "new_password": "another long pass phrase"}
    assert list(alice.post(f"{USERS}/reset_password_confirm", body).body) == ["token"]


def test_an_account_that_waits_gets_no_username_by_mail(activation: None, charlie: Caller, mailbox: Mailbox) -> None:
    charlie.register()
    mailbox.receive()
    for email in (charlie.email, "nobody@example.org", "no address"):
        assert charlie.post(f"{USERS}/reset_username", {"email": email}).status == 204
    assert mailbox.receive() == []


def test_the_page_of_the_mail_changes_it_by_its_form_alone(alice: Caller, bob: Caller, mailbox: Mailbox) -> None:
    path = asked(alice, mailbox).path
    browser = Client(headers={"accept-language": "de"})

    def sent(username: str) -> tuple[int, str]:
        page = browser.post(path, urlencode({"new_username": username}), "application/x-www-form-urlencoded")
        return page.status_code, page.content.decode()

    assert "Neuer Benutzername" in browser.get(path).content.decode()
    for wrong, why in (("bob", "ist vergeben"), ("b0b", "sieht aus wie"), ("\0", "3 bis 30"), ("", "3 bis 30")):
        status, page = sent(wrong)
        assert (status, why in page, "<form" in page) == (400, True, True)
    assert alice.get(f"{USERS}/me").body["username"] == "alice"
    status, page = sent("alicia")
    assert (status, "ist geändert" in page) == (200, True)
    assert sent("another")[0] == 403
