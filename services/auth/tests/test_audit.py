"""The audit log: what happened to an account, for its owner and for staff."""

from datetime import timedelta
from uuid import UUID

import pytest
from auth_service.audit.models import Action, AuditEntry
from auth_service.audit.services import audit_delete_old
from auth_service.keys.services import signing_key_revoke, signing_keys_rotate
from auth_service.moderation.services import user_reactivate, user_roles_change, user_suspend
from auth_service.settings import settings
from auth_service.testing import PASSWORD, Caller, Mailbox
from auth_service.users.models import Role, User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

AUDIT = "/api/v2/me/audit"
LOG_IN = "/api/v1/auth/jwt/create"
USERS = "/api/v1/auth/users"
DANA = UUID("01900000-0000-7000-8000-0000000000a4")
NEW = "another long pass phrase"


def actions(caller: Caller) -> list[str]:
    """What the caller's log says, oldest first."""
    return [entry["action"] for entry in reversed(caller.get(AUDIT).body["items"])]


def test_a_log_in_says_when_from_where_and_in_which_session(alice: Caller) -> None:
    alice.call("POST", LOG_IN, {"login": "alice", "password": PASSWORD}, User_Agent="Lynx/2.9")
    newest, first = alice.get(AUDIT).body["items"]
    session = alice.get("/api/v2/sessions").body["items"][0]
    assert newest == {
        "id": newest["id"],
        "at": newest["at"],
        "action": "session.opened",
        "ip": "127.0.0.1",
        "user_agent": "Lynx/2.9",
        "session_id": session["id"],
        "detail": {},
    }
    assert len(newest["at"]) == len("2026-11-23T10:00:00.000Z")
    assert first["action"] == "session.opened"


def test_a_refused_log_in_is_in_the_log_of_its_account_and_not_what_was_typed(alice: Caller, charlie: Caller) -> None:
    charlie.peer = "192.0.2.7"
    charlie.post(LOG_IN, {"login": "alice@example.org", "password": "a secret of hers elsewhere"})
    entry = alice.get(AUDIT).body["items"][0]
    assert (entry["action"], entry["ip"]) == ("session.refused", "192.0.2.7")
    assert entry["detail"] == {"code": "invalid_credentials"}
    kept = repr(list(AuditEntry.objects.values()))
    assert "secret" not in kept
    assert "alice" not in kept


def test_a_refused_log_in_of_no_account_is_written_down_too(charlie: Caller) -> None:
    charlie.post(LOG_IN, {"login": "nobody", "password": "whatever it may be"})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user, entry.ip) == (Action.SESSION_REFUSED, None, "127.0.0.1")


def test_log_outs_and_ended_sessions_are_told_apart(alice: Caller) -> None:
    other = Caller("alice")
    other.log_in()
    ended = alice.get("/api/v2/sessions").body["items"][0]["id"]
    alice.delete(f"/api/v2/sessions/{ended}")
    own = alice.get("/api/v2/sessions").body["items"][0]["id"]
    entry = alice.get(AUDIT).body["items"][0]
    assert (entry["action"], entry["session_id"], entry["detail"]) == ("session.ended", ended, {"by": "user"})
    alice.post("/api/v1/auth/logout", {"refresh": alice.refresh})
    logged_out = AuditEntry.objects.latest("id")
    assert (str(logged_out.session_id), logged_out.detail) == (own, {"by": "logout"})


def test_a_stolen_refresh_token_is_called_so(alice: Caller) -> None:
    stolen = alice.refresh
    for _ in range(2):
        alice.refresh = alice.post("/api/v1/auth/jwt/refresh", {"refresh": alice.refresh}).body["refresh"]
    alice.post("/api/v1/auth/jwt/refresh", {"refresh": stolen})
    alice.log_in()
    assert actions(alice) == ["session.opened", "session.stolen", "session.opened"]


def test_passwords_are_told_of(alice: Caller, mailbox: Mailbox) -> None:
    alice.post(f"{USERS}/set_password", {"current_password": PASSWORD, "new_password": NEW})
    own = alice.get("/api/v2/sessions").body["items"][0]["id"]
    entry = alice.get(AUDIT).body["items"][0]
    assert (entry["action"], entry["session_id"]) == ("password.changed", own)
    mailbox.receive()
    alice.post(f"{USERS}/reset_password", {"email": alice.email})
    link = mailbox.link()
    alice.post(f"{USERS}/reset_password_confirm", {"uid": link.uid, "token": link.token, "new_password": PASSWORD})
    alice.log_in()
    assert actions(alice)[-3:] == ["password.reset", "session.ended", "session.opened"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{USERS}/set_password", {"new_password": NEW}),
        ("POST", f"{USERS}/set_username", {"new_username": "alice.two"}),
        ("POST", f"{USERS}/set_email", {"new_email": "alice.two@example.org"}),
        ("DELETE", f"{USERS}/me", {}),
    ],
)
def test_a_wrong_password_at_a_dangerous_step_is_told_of(
    alice: Caller, method: str, path: str, body: dict[str, str]
) -> None:
    assert alice.call(method, path, body | {"current_password": "a secret of hers elsewhere"}).status == 400
    own = alice.get("/api/v2/sessions").body["items"][0]["id"]
    entry = alice.get(AUDIT).body["items"][0]
    assert (entry["action"], entry["session_id"], entry["detail"]) == ("password.refused", own, {})
    assert "secret" not in repr(list(AuditEntry.objects.values()))


def test_what_staff_decide_is_told_without_who_and_from_where(alice: Caller) -> None:
    user_roles_change(UUID(str(alice.id)), [Role.AUTHOR, Role.EDITOR], actor=DANA)
    user_suspend(UUID(str(alice.id)), actor=DANA, now=timezone.now())
    user_reactivate(UUID(str(alice.id)), actor=DANA)
    alice.log_in()
    by_staff = alice.get(AUDIT).body["items"][1:5]
    assert [entry["action"] for entry in reversed(by_staff)] == [
        "role.changed",
        "suspended",
        "session.ended",
        "reactivated",
    ]
    assert {(entry["ip"], entry["user_agent"], entry["session_id"]) for entry in by_staff} == {(None, "", None)}
    assert str(DANA) not in repr(by_staff)
    assert set(AuditEntry.objects.filter(actor=DANA).values_list("action", flat=True)) == {
        "role.changed",
        "suspended",
        "session.ended",
        "reactivated",
    }


def test_keys_are_in_the_log_of_nobody(alice: Caller) -> None:
    key = signing_keys_rotate(now=timezone.now())
    signing_key_revoke(key.kid, now=timezone.now())
    rotated, revoked = AuditEntry.objects.filter(user=None).order_by("id")
    assert (rotated.action, rotated.detail) == (Action.KEY_ROTATED, {"kid": key.kid})
    assert revoked.action == Action.KEY_REVOKED
    assert actions(alice) == ["session.opened"]


def test_nothing_is_written_down_of_what_did_not_happen(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("after the act, before the commit")

    monkeypatch.setattr("auth_service.passwords.services.sessions_end_others", fail)
    with pytest.raises(RuntimeError):
        alice.post(f"{USERS}/set_password", {"current_password": PASSWORD, "new_password": NEW})
    assert actions(alice) == ["session.opened"]


def test_the_log_is_read_by_cursor_at_the_same_cost(
    alice: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 50):
        while AuditEntry.objects.count() < count:
            alice.log_in()
        with django_assert_num_queries(3):  # key, session, page
            alice.get(f"{AUDIT}?limit=100")
    seen: list[str] = []
    query = "?limit=20"
    while query:
        body = alice.get(f"{AUDIT}{query}").body
        seen += [entry["id"] for entry in body["items"]]
        query = f"?limit=20&cursor={body['next_cursor']}" if body["next_cursor"] else ""
    assert (len(seen), seen) == (50, sorted(seen, reverse=True))


def test_nobody_reads_the_log_of_somebody_else(alice: Caller, bob: Caller, charlie: Caller) -> None:
    hers = {entry["id"] for entry in alice.get(AUDIT).body["items"]}
    assert not hers & {entry["id"] for entry in bob.get(AUDIT).body["items"]}
    answer = charlie.get(AUDIT)
    assert (answer.status, answer.body["code"]) == (401, "token_missing")


@pytest.mark.parametrize(
    ("query", "code"), [("limit=0", "filter_invalid"), ("cursor=x", "cursor_invalid"), ("page=1", "filter_unknown")]
)
def test_a_senseless_query_is_refused(alice: Caller, query: str, code: str) -> None:
    answer = alice.get(f"{AUDIT}?{query}")
    assert (answer.status, answer.body["code"]) == (400, code)


def test_the_admin_shows_the_log_changes_nothing_and_is_in_it(alice: Caller) -> None:
    User.objects.create_superuser(email="dana@example.org", username="dana", password=PASSWORD)
    dana = Client()
    dana.post("/admin/login/", {"username": "dana", "password": "not hers at all"})
    dana.post("/admin/login/", {"username": "dana", "password": PASSWORD})
    page = dana.get("/admin/audit/auditentry/?q=dana")
    assert page.status_code == 200
    assert b"admin.entered" in page.content
    assert b"session.refused" in page.content
    entry = AuditEntry.objects.filter(user__username="alice").get()
    assert dana.get(f"/admin/audit/auditentry/{entry.pk}/change/").status_code == 200
    assert dana.post(f"/admin/audit/auditentry/{entry.pk}/change/", {"action": "x"}).status_code == 403
    assert dana.post(f"/admin/audit/auditentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    dana.post("/admin/logout/")
    assert AuditEntry.objects.latest("id").action == Action.ADMIN_LEFT


def test_old_entries_are_forgotten_and_others_kept(alice: Caller) -> None:
    alice.log_in()
    first, _ = AuditEntry.objects.order_by("id")
    AuditEntry.objects.filter(id=first.id).update(at=timezone.now() - timedelta(days=settings().audit_days))
    assert audit_delete_old(now=timezone.now()) == 1
    assert [entry["id"] for entry in alice.get(AUDIT).body["items"]] != [str(first.id)]
    assert audit_delete_old(now=timezone.now()) == 0


def test_an_activation_is_in_the_log(alice: Caller, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.update(activated=False)
    alice.post(f"{USERS}/resend_activation", {"email": alice.email})
    link = mailbox.link()
    assert alice.post(f"{USERS}/activation", {"uid": link.uid, "token": link.token}).status == 204
    alice.log_in()
    assert "account.activated" in actions(alice)
