"""The list of one's sessions and ending them, in both versions."""

from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

import pytest
from auth_service.brakes.addresses import Client
from auth_service.sessions.models import Session
from auth_service.sessions.services import session_open, sessions_delete_expired
from auth_service.settings import settings
from auth_service.testing import PASSWORD, Caller
from auth_service.users.models import User
from auth_service.users.services import user_authenticate
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

V1, V2 = "/api/v1/auth/sessions", "/api/v2/sessions"
NOBODYS = "01900000-0000-7000-8000-0000000000d1"


def test_v1_lists_by_page_and_marks_the_current_one(alice: Caller, bob: Caller) -> None:
    earlier = alice.get(V1).body["results"][0]["id"]
    alice.log_in()
    answer = alice.get(V1)
    assert answer.status == 200
    assert answer.body | {"results": ...} == {"count": 2, "next": None, "previous": None, "results": ...}
    newest, oldest = answer.body["results"]
    assert set(newest) == {"id", "created_at", "last_used_at", "user_agent", "ip", "current"}
    assert (newest["current"], oldest["current"], oldest["id"]) == (True, False, earlier)
    assert newest["ip"] == "127.0.0.1"


def test_times_have_milliseconds_and_a_z(alice: Caller) -> None:
    shown = alice.get(V1).body["results"][0]["created_at"]
    assert len(shown) == len("2026-11-23T10:00:00.000Z")
    assert shown.endswith("Z")


def test_links_to_other_pages_lead_to_the_gateway(alice: Caller) -> None:
    alice.log_in()
    alice.log_in()
    body = alice.get(f"{V1}?page=2&page_size=1", Host="evil.example").body
    assert body["next"] == f"http://127.0.0.1:8000{V1}?page=3&page_size=1"
    assert body["previous"] == f"http://127.0.0.1:8000{V1}?page=1&page_size=1"


def test_a_page_past_the_end_is_404_and_a_huge_one_is_clamped(alice: Caller) -> None:
    for number in ("2", "1000000000"):
        answer = alice.get(f"{V1}?page={number}")
        assert (answer.status, answer.body["code"]) == (404, "page_not_found")
    assert alice.get(f"{V1}?page_size=100000").status == 200


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{V1}?colour=red", "filter_unknown"),
        (f"{V1}?limit=2", "filter_unknown"),
        (f"{V2}?page=2", "filter_unknown"),
        (f"{V1}?page=x", "filter_invalid"),
        (f"{V1}?page_size=0", "filter_invalid"),
    ],
)
def test_a_parameter_that_is_unknown_or_senseless_is_refused(alice: Caller, path: str, code: str) -> None:
    answer = alice.get(path)
    assert (answer.status, answer.body["code"]) == (400, code)


def test_v2_lists_by_cursor(alice: Caller) -> None:
    for _ in range(4):
        alice.log_in()
    seen: list[str] = []
    query = "?limit=2"
    while query:
        body = alice.get(f"{V2}{query}").body
        seen += [session["id"] for session in body["items"]]
        query = f"?limit=2&cursor={body['next_cursor']}" if body["next_cursor"] else ""
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("query", ["cursor=", "cursor=nonsense", "cursor=%C3%A4", "cursor=a%00"])
def test_v2_refuses_a_cursor_that_is_none(alice: Caller, query: str) -> None:
    answer = alice.get(f"{V2}?{query}")
    assert (answer.status, answer.body["code"]) == (400, "cursor_invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "%D9%A3", "1e3"])
def test_v2_refuses_a_limit_that_is_none(alice: Caller, limit: str) -> None:
    answer = alice.get(f"{V2}?limit={limit}")
    assert (answer.status, answer.body["code"]) == (400, "filter_invalid")
    assert answer.body["detail"].startswith("limit:")


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(
    alice: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = User.objects.get()
    for count in (1, 50):
        while Session.objects.count() < count:
            session_open(user, user_agent="", ip=None, now=timezone.now())
        with django_assert_num_queries(4):  # key, session, count, page
            alice.get(f"{V1}?page_size=100")
        with django_assert_num_queries(3):
            alice.get(f"{V2}?limit=100")


@pytest.mark.parametrize("base", [V1, V2])
def test_a_user_ends_another_session_of_theirs(alice: Caller, base: str) -> None:
    stolen = Caller("alice")
    stolen.log_in()
    session = next(item for item in alice.get(V1).body["results"] if not item["current"])
    assert alice.delete(f"{base}/{session['id']}").status == 204
    assert stolen.get("/api/v1/auth/users/me").body["code"] == "token_revoked"
    assert alice.get(V1).body["count"] == 1
    event = published(DjangoDatabase())[-1]
    assert (event.type, event.data["session_id"]) == ("auth.session.revoked.v1", session["id"])


@pytest.mark.parametrize("base", [V1, V2])
def test_a_user_ends_all_sessions_but_the_current_one(alice: Caller, bob: Caller, base: str) -> None:
    elsewhere = Caller("alice"), Caller("alice")
    for caller in elsewhere:
        caller.log_in()
    own, others = alice.get(V2).body["items"][-1]["id"], alice.get(V2).body["items"][:2]
    assert alice.delete(f"{base}/others").status == 204
    assert [session["id"] for session in alice.get(V2).body["items"]] == [own]
    assert {caller.get(V2).body["code"] for caller in elsewhere} == {"token_revoked"}
    assert bob.get(V2).status == 200
    ended = {event.data["session_id"] for event in published(DjangoDatabase())[-2:]}
    assert ended == {session["id"] for session in others}
    told = alice.get("/api/v2/me/audit").body["items"][:2]
    assert [(entry["action"], entry["detail"]) for entry in told] == [("session.ended", {"by": "user"})] * 2
    assert alice.delete(f"{base}/others").status == 204


@pytest.mark.parametrize("base", [V1, V2])
def test_nobody_ends_the_session_of_somebody_else(alice: Caller, bob: Caller, base: str) -> None:
    hers = alice.get(V1).body["results"][0]["id"]
    assert bob.delete(f"{base}/{hers}").status == 404
    assert alice.get(V1).status == 200


@pytest.mark.parametrize("path", [f"{V1}/{NOBODYS}", f"{V2}/{NOBODYS}", f"{V1}/x", f"{V2}/x"])
def test_a_session_that_is_not_there_is_404(alice: Caller, path: str) -> None:
    assert alice.delete(path).status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", V1),
        ("GET", V2),
        ("DELETE", f"{V1}/{NOBODYS}"),
        ("DELETE", f"{V2}/{NOBODYS}"),
        ("DELETE", f"{V1}/others"),
        ("DELETE", f"{V2}/others"),
        ("DELETE", f"{V2}/current"),
    ],
)
def test_sessions_need_a_log_in(charlie: Caller, method: str, path: str) -> None:
    answer = charlie.call(method, path)
    assert (answer.status, answer.body["code"]) == (401, "token_missing")


def test_v2_a_log_in_makes_a_session(alice: Caller, charlie: Caller) -> None:
    answer = charlie.post(V2, {"login": "alice", "password": PASSWORD, "mode": "token"})
    assert answer.status == 201
    assert set(answer.body) == {"id", "access_token", "expires_in", "refresh_token", "user"}
    assert UUID(answer.body["id"]).version == 7
    assert answer.body["expires_in"] == 600
    assert answer.body["user"] == alice.get("/api/v2/me").body
    charlie.access = answer.body["access_token"]
    assert charlie.get(V2).body["items"][0]["current"] is True


def test_v2_a_refresh_is_shaped_like_a_session(alice: Caller, charlie: Caller) -> None:
    session = charlie.post(V2, {"login": "alice", "password": PASSWORD}).body
    answer = charlie.post(f"{V2}/refresh", {"refresh_token": session["refresh_token"]})
    assert answer.status == 200
    assert set(answer.body) == set(session)
    assert answer.body["id"] == session["id"]
    assert answer.body["refresh_token"] != session["refresh_token"]


def test_v2_logging_out_ends_the_current_session(alice: Caller) -> None:
    assert alice.delete(f"{V2}/current").status == 204
    answer = alice.delete(f"{V2}/current")
    assert (answer.status, answer.body["code"]) == (401, "token_revoked")


def test_v2_wrong_credentials_are_a_problem(alice: Caller, charlie: Caller) -> None:
    answer = charlie.post(V2, {"login": "alice", "password": "not hers at all"}, X_Request_ID="req-12345678")
    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body == {
        "type": "http://127.0.0.1:8000/problems/invalid_credentials",
        "title": "Unauthorized",
        "status": 401,
        "detail": "No active account has this login and password.",
        "code": "invalid_credentials",
        "instance": V2,
        "request_id": "req-12345678",
    }


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"password": PASSWORD}, "/login", "required"),
        ({"login": "alice"}, "/password", "required"),
        ({"login": "alice", "password": PASSWORD, "mode": "both"}, "/mode", "invalid_choice"),
        ({"login": "alice", "password": PASSWORD, "mode": ["token"]}, "/mode", "invalid_choice"),
        ({"login": "alice", "password": PASSWORD, "remember": True}, "/remember", "unknown"),
        ({"login": 5, "password": PASSWORD}, "/login", "invalid"),
    ],
)
def test_v2_a_wrong_field_is_422_with_a_pointer(
    alice: Caller, charlie: Caller, body: object, pointer: str, code: str
) -> None:
    answer = charlie.post(V2, body)
    assert answer.status == 422
    assert [(error["pointer"], error["code"]) for error in answer.body["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("sent", [b"", b"[]", b"{", b"null"])
def test_v2_a_body_that_is_no_object_is_refused(charlie: Caller, sent: bytes) -> None:
    assert charlie.post(V2, sent).status in {400, 422}


def test_of_too_many_sessions_the_one_unused_for_longest_ends(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    capped = settings().model_copy(update={"sessions_per_user": 3})
    monkeypatch.setattr("auth_service.sessions.services.settings", lambda: capped)
    first, second = Caller("alice"), Caller("alice")
    first.log_in()
    second.log_in()
    Session.objects.filter(id=alice.get(f"{V2}?limit=3").body["items"][0]["id"]).update(
        last_used_at=timezone.now() - timedelta(days=1)
    )
    alice.log_in()
    assert second.get(V1).body["code"] == "token_revoked"
    assert first.get(V1).body["count"] == 3
    assert Session.objects.get(ended_by=Session.EndedBy.SURPLUS).ended_at
    assert published(DjangoDatabase())[-1].type == "auth.session.revoked.v1"


def test_a_session_of_a_known_device_takes_six_statements(
    alice: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for opens in (nullcontext(), django_assert_num_queries(6)):  # savepoint, account, session, audit, surplus, release
        user = user_authenticate(login="alice", password=PASSWORD, client=Client(None), now=now)
        with opens:
            session_open(user, user_agent="browser", ip="2001:db8::1", now=now)


def test_expired_sessions_are_forgotten_and_others_kept(alice: Caller) -> None:
    user, now = User.objects.get(), timezone.now()
    for age in (29, 31, 400):
        session_open(user, user_agent="", ip=None, now=now - timedelta(days=age))
    assert sessions_delete_expired(now=now) == 2
    assert Session.objects.count() == 2
    assert alice.get(V1).status == 200
