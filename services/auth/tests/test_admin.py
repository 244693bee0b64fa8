"""The admin, where staff look and decide."""

import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from auth_service.audit.models import Action, AuditEntry
from auth_service.keys.models import SigningKey
from auth_service.mails.models import MailRequest
from auth_service.moderation.services import user_reactivate, user_suspend
from auth_service.outbox.models import OutboxEvent
from auth_service.passwords.services import password_replace
from auth_service.sessions.models import Session
from auth_service.sessions.services import session_open
from auth_service.testing import PASSWORD, Caller, Mailbox
from auth_service.totp.models import RecoveryCode, Totp
from auth_service.users.address_claims import nowhere
from auth_service.users.changes import credentials_changed
from auth_service.users.models import Profile, User
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

PAGES = ("users/user", "users/profile", "user_sessions/session", "keys/signingkey", "outbox/outboxevent")


@pytest.fixture
def dana(db: None) -> Client:
    """Staff with every power, logged in as people do."""
    User.objects.create_superuser(email="dana@example.org", username="dana", password=PASSWORD)
    client = Client()
    client.post("/admin/login/", {"username": "DANA@example.org", "password": PASSWORD})
    return client


def said_on(page: Any) -> set[str]:
    """What a page tells of what was just done."""
    return {str(message) for message in page.context["messages"]}


@pytest.mark.parametrize("page", PAGES)
def test_staff_see_every_list_and_row(dana: Client, alice: Caller, page: str) -> None:
    listed = dana.get(f"/admin/{page}/?q=alice" if page != "keys/signingkey" else f"/admin/{page}/")
    assert listed.status_code == 200
    rows: dict[str, QuerySet[Any]] = {
        "users/user": User.objects.filter(username="alice"),
        "users/profile": Profile.objects.filter(user__username="alice"),
        "user_sessions/session": Session.objects.all(),
        "keys/signingkey": SigningKey.objects.all(),
        "outbox/outboxevent": OutboxEvent.objects.all(),
    }
    row = rows[page].first()
    assert row is not None
    assert dana.get(f"/admin/{page}/{row.pk}/change/").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_others_see_none(alice: Caller, page: str) -> None:
    client = Client()
    assert client.get(f"/admin/{page}/").status_code == 302
    client.force_login(User.objects.get())
    assert client.get(f"/admin/{page}/").status_code == 302


def test_no_secret_is_on_a_page(dana: Client, alice: Caller) -> None:
    key, session = SigningKey.objects.get(), Session.objects.get()
    shown = dana.get(f"/admin/keys/signingkey/{key.pk}/change/").content
    shown += dana.get(f"/admin/user_sessions/session/{session.pk}/change/").content
    shown += dana.get(f"/admin/users/user/{alice.id}/change/").content
    for secret in (b"encrypted_private_key", b"refresh_digest", b"argon2"):
        assert secret not in shown


def test_staff_suspend_and_reactivate(dana: Client, alice: Caller) -> None:
    for action, active in (("suspend", False), ("reactivate", True)):
        dana.post("/admin/users/user/", {"action": action, "_selected_action": [str(alice.id)]})
        assert User.objects.get(username="alice").is_active is active
    assert alice.get("/api/v1/auth/users/me").status == 401


def test_a_log_in_to_the_admin_ends_for_good_with_suspension_password_and_address(dana: Client) -> None:
    user = User.objects.get(username="dana")
    ends: dict[str, Callable[[], object]] = {
        "suspension": lambda: user_suspend(user.id, actor=user.id, now=timezone.now()),
        "password": lambda: password_replace(user.id, PASSWORD, actor=user.id, now=timezone.now()),
        "address": lambda: credentials_changed(User.objects.get(id=user.id), actor=user.id),
    }
    for why, end in ends.items():
        client = Client()
        client.post("/admin/login/", {"username": "dana", "password": PASSWORD})
        assert client.get("/admin/users/user/").status_code == 200
        end()
        assert client.get("/admin/users/user/").status_code == 302, why
        user_reactivate(user.id, actor=user.id)
        assert client.get("/admin/users/user/").status_code == 302, why


def test_staff_end_a_session(dana: Client, alice: Caller) -> None:
    body = {"action": "end", "_selected_action": [str(Session.objects.get().pk)]}
    dana.post("/admin/user_sessions/session/", body)
    assert Session.objects.get().ended_by == Session.EndedBy.STAFF
    assert alice.get("/api/v1/auth/users/me").body["code"] == "token_revoked"


def test_a_change_of_roles_or_profile_is_told_to_others(dana: Client, alice: Caller) -> None:
    dana.post(f"/admin/users/user/{alice.id}/change/", {"roles": ["author", "moderator"], "own_password": PASSWORD})
    dana.post(f"/admin/users/profile/{alice.id}/change/", {"bio": "Edited.", "avatar": "", "locale": "en"})
    roles, profile = published(DjangoDatabase())[-2:]
    assert (roles.type, roles.data["roles"]) == ("auth.role.changed.v1", ["author", "moderator"])
    assert (profile.type, profile.data["bio"]) == ("auth.profile.updated.v1", "Edited.")
    assert profile.sequence == roles.sequence + 1
    assert profile.actor == str(User.objects.get(username="dana").id)


def test_staff_without_every_power_cannot_give_powers(dana: Client, alice: Caller) -> None:
    helper = User.objects.create_user(email="helper@example.org", username="helper", password=PASSWORD, is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="users"))
    client = Client()
    client.force_login(helper)
    body = {"is_staff": "on", "is_superuser": "on", "roles": ["admin"], "own_password": PASSWORD}
    assert client.post(f"/admin/users/user/{helper.id}/change/", body).status_code == 302
    helper.refresh_from_db()
    assert (helper.is_superuser, helper.roles) == (False, ["author"])


def test_powers_are_given_by_who_shows_the_own_password_and_are_in_the_log(dana: Client, alice: Caller) -> None:
    page, body = f"/admin/users/user/{alice.id}/change/", {"is_staff": "on", "roles": ["author"]}
    for typed in ({}, {"own_password": "not hers at all"}):
        assert dana.post(page, body | typed).status_code == 200
        assert not User.objects.get(username="alice").is_staff
    assert b"This is not your password." in dana.post(page, body | {"own_password": "not hers at all"}).content
    assert dana.post(page, body | {"own_password": PASSWORD}).status_code == 302
    assert User.objects.get(username="alice").is_staff
    refused, *_, given = AuditEntry.objects.exclude(action__startswith="session").order_by("id")[1:]
    assert (refused.action, refused.actor) == (Action.PASSWORD_REFUSED, User.objects.get(username="dana").id)
    assert (given.action, given.detail) == (Action.POWERS_CHANGED, {"staff": True, "superuser": False})


def test_groups_and_permissions_given_are_in_the_log_too(dana: Client, alice: Caller) -> None:
    page, body = f"/admin/users/user/{alice.id}/change/", {"roles": ["author"], "own_password": PASSWORD}
    group = Group.objects.create(name="desk")
    permission = Permission.objects.get(codename="change_user")
    assert dana.post(page, body | {"groups": group.pk, "user_permissions": permission.pk}).status_code == 302
    user = User.objects.get(username="alice")
    assert (user.groups.get(), user.user_permissions.get()) == (group, permission)
    given = AuditEntry.objects.get(action=Action.POWERS_CHANGED)
    assert (given.user, given.actor) == (user, User.objects.get(username="dana").id)
    assert given.detail == {"groups": ["desk"], "permissions": ["users.change_user"]}
    dana.post(page, body | {"groups": group.pk, "user_permissions": permission.pk})
    assert AuditEntry.objects.filter(action=Action.POWERS_CHANGED).count() == 1
    dana.post(page, body)
    taken = AuditEntry.objects.filter(action=Action.POWERS_CHANGED).latest("id")
    assert (taken.detail, user.groups.count()) == ({"groups": [], "permissions": []}, 0)


def test_no_page_changes_what_a_group_may_do(dana: Client) -> None:
    """It would give powers to all who are in it: without the own password, and not in the log."""
    group = Group.objects.create(name="desk")
    for page in ("", "add/", f"{group.pk}/change/"):
        assert dana.post(f"/admin/auth/group/{page}", {"name": "desk"}).status_code == 404


def test_an_activation_mail_is_sent_again(dana: Client, alice: Caller, bob: Caller, mailbox: Mailbox) -> None:
    User.objects.filter(username="alice").update(activated=False)
    chosen = {"action": "resend_activation", "_selected_action": [str(alice.id), str(bob.id)]}
    page = dana.post("/admin/users/user/", chosen, follow=True)
    assert said_on(page) == {"alice gets the mail again.", "bob waits for no mail."}
    link = mailbox.link()
    assert alice.post("/api/v1/auth/users/activation", {"uid": link.uid, "token": link.token}).status == 204


def test_a_stand_in_gets_no_mail(dana: Client, alice: Caller) -> None:
    User.objects.filter(username="alice").update(activated=False, email=nowhere())
    body = {"action": "resend_activation", "_selected_action": [str(alice.id)]}
    page = dana.post("/admin/users/user/", body, follow=True)
    assert said_on(page) == {"alice waits for no mail."}
    assert not MailRequest.objects.exists()


def test_staff_take_a_second_factor_away_by_their_own_password_and_its_owner_is_told(
    dana: Client, alice: Caller, bob: Caller, mailbox: Mailbox
) -> None:
    secret = alice.post("/api/v2/me/totp", {}).body["secret"]
    alice.post("/api/v2/me/totp/confirm", {"code": pyotp.TOTP(secret).now()})
    body = {"action": "take_second_factor", "_selected_action": [str(alice.id), str(bob.id)]}
    for typed in ({}, {"own_password": "not hers at all"}):
        page = dana.post("/admin/users/user/", body | typed, follow=True)
        assert said_on(page) == {"This is not your password."}
        assert alice.get("/api/v2/me").body["totp"] is True
    page = dana.post("/admin/users/user/", body | {"own_password": PASSWORD}, follow=True)
    assert "bob is asked for no code." in said_on(page)
    assert alice.get("/api/v2/me").body["totp"] is False
    assert not RecoveryCode.objects.exists()
    (message,) = mailbox.receive()
    assert (message["To"], message["Subject"]) == ("alice@example.org", "Your second factor was turned off")
    entry = AuditEntry.objects.get(action=Action.TOTP_OFF)
    assert (str(entry.user_id), entry.actor) == (str(alice.id), User.objects.get(username="dana").id)


def test_of_superusers_only_another_one_takes_the_second_factor_away(dana: Client) -> None:
    superuser = User.objects.get(username="dana")
    Totp.objects.create(user=superuser, sealed_secret=b"", created_at=timezone.now(), confirmed_at=timezone.now())
    helper = User.objects.create_user(email="helper@example.org", username="helper", password=PASSWORD, is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="users"))
    client = Client()
    client.force_login(helper)
    body = {"action": "take_second_factor", "_selected_action": [str(superuser.pk)], "own_password": PASSWORD}
    client.post("/admin/users/user/", body)
    assert Totp.objects.exists()


def test_staff_neither_suspend_superusers_nor_end_their_sessions(dana: Client) -> None:
    superuser = User.objects.get(username="dana")
    session_open(superuser, user_agent="", ip=None, now=timezone.now())
    helper = User.objects.create_user(email="helper@example.org", username="helper", password=PASSWORD, is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label__in=["users", "user_sessions"]))
    client = Client()
    client.force_login(helper)
    answer = client.post(
        "/admin/users/user/", {"action": "suspend", "_selected_action": [str(superuser.pk)]}, follow=True
    )
    assert said_on(answer) == {"dana is a superuser; only another superuser may do that."}
    body = {"action": "end", "_selected_action": [str(Session.objects.get().pk)]}
    client.post("/admin/user_sessions/session/", body)
    superuser.refresh_from_db()
    assert superuser.is_active
    assert Session.objects.get().ended_at is None


def test_staff_log_in_by_username_as_everybody_does(dana: Client) -> None:
    client = Client()
    client.post("/admin/login/", {"username": "DANA", "password": PASSWORD})
    assert client.get("/admin/users/user/").status_code == 200
    assert client.session.get_expiry_age() <= 12 * 3600


def test_a_new_password_is_checked_ends_all_sessions_and_leaves_this_page(dana: Client) -> None:
    user = User.objects.get(username="dana")
    session_open(user, user_agent="", ip=None, now=timezone.now())
    elsewhere = Client()
    elsewhere.post("/admin/login/", {"username": "dana", "password": PASSWORD})
    page = "/admin/password_change/"
    weak = {"old_password": PASSWORD, "new_password1": "1234567890", "new_password2": "1234567890"}
    assert "entirely numeric" in dana.post(page, weak).content.decode()
    good = weak | {"new_password1": "another long pass phrase", "new_password2": "another long pass phrase"}
    assert dana.post(page, good).status_code == 302
    assert dana.get("/admin/users/user/").status_code == 200
    assert elsewhere.get("/admin/users/user/").status_code == 302
    assert Session.objects.get().ended_by == Session.EndedBy.PASSWORD
    event = published(DjangoDatabase())[-1]
    assert (event.type, event.data["reason"]) == ("auth.user.tokens_revoked.v1", "password")


def test_another_secret_key_logs_no_staff_out_while_the_former_counts(dana: Client, settings: Settings) -> None:
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another secret key, of 32 characters or more"
    settings.SECRET_KEY_FALLBACKS = [former]
    assert dana.get("/admin/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert dana.get("/admin/").status_code == 200, "the cookie is of the new key by now"


def test_without_the_former_secret_key_staff_log_in_anew(dana: Client, settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret key, of 32 characters or more", []
    assert dana.get("/admin/").status_code == 302


def test_nobody_adds_or_deletes_here(dana: Client, alice: Caller) -> None:
    for page in PAGES:
        assert dana.get(f"/admin/{page}/add/").status_code == 403
    assert dana.post(f"/admin/users/user/{alice.id}/delete/", {"post": "yes"}).status_code == 403


def test_page_of_the_admin_loads_its_own_files_alone(dana: Client) -> None:
    for path in ("/admin/login/", "/admin/", "/admin/users/user/"):
        answer = dana.get(path, follow=True)
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
        assert not re.search(r"<script(?![^>]* src=|[^>]*json)|<style| style=| on[a-z]+=", answer.content.decode()), (
            path
        )
