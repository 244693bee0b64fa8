"""What blog asks when no event has told it of an author yet."""

from uuid import UUID

import pytest
from auth_service.sessions.models import Session
from auth_service.settings import settings
from auth_service.testing import PASSWORD, Caller
from auth_service.users.internal import views
from auth_service.users.models import User
from chassis.internal_client import SERVICE_TOKEN_HEADER
from pytest_django import DjangoAssertNumQueries

PATH = "/internal/authors"
TOKEN = {SERVICE_TOKEN_HEADER.replace("-", "_"): settings().service_token}
NOBODY = "01900000-0000-7000-8000-0000000000ff"


def test_authors_are_found_by_id_and_by_name(alice: Caller, bob: Caller, charlie: Caller) -> None:
    answer = charlie.get(f"{PATH}?ids={alice.id},{NOBODY}&usernames=BOB,nobody", **TOKEN)
    assert answer.status == 200
    hers, his = sorted(answer.body["authors"], key=lambda author: str(author["username"]))
    assert hers == {
        "user_id": str(alice.id),
        "username": "alice",
        "bio": "",
        "avatar": None,
        "locale": "en",
        "sequence": 1,
    }
    assert his["user_id"] == str(bob.id)


def test_the_sequence_is_that_of_the_last_event(alice: Caller, charlie: Caller) -> None:
    alice.patch("/api/v1/auth/users/me", {"profile": {"bio": "Writes."}})
    (author,) = charlie.get(f"{PATH}?usernames=alice", **TOKEN).body["authors"]
    assert (author["bio"], author["sequence"]) == ("Writes.", 2)


def test_suspended_accounts_are_left_out(alice: Caller, charlie: Caller) -> None:
    User.objects.update(is_active=False)
    assert charlie.get(f"{PATH}?usernames=alice", **TOKEN).body == {"authors": []}


def test_all_authors_come_page_by_page(
    alice: Caller, bob: Caller, charlie: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_MOST", 1)
    everybody = sorted(str(caller.id) for caller in (alice, bob))
    seen: list[str] = []
    after = str(UUID(int=0))
    while page := charlie.get(f"{PATH}?after={after}", **TOKEN).body["authors"]:
        seen += [author["user_id"] for author in page]
        assert len(page) == 1
        after = seen[-1]
    assert seen == everybody


@pytest.mark.parametrize("token", ["", "wrong", "ä"])
def test_only_services_may_ask(alice: Caller, charlie: Caller, token: str) -> None:
    headers = {**TOKEN, next(iter(TOKEN)): token}
    assert charlie.get(f"{PATH}?usernames=alice", **headers).status == 401
    assert alice.get(f"{PATH}?usernames=alice").status == 401


@pytest.mark.parametrize("query", ["ids=x", "ids=%00", "after=", "after=x", f"ids={','.join([NOBODY] * 101)}"])
def test_a_question_that_is_none_is_refused(charlie: Caller, query: str) -> None:
    assert charlie.get(f"{PATH}?{query}", **TOKEN).status == 400


def test_a_name_that_cannot_be_is_nobodys(charlie: Caller) -> None:
    assert charlie.get(f"{PATH}?usernames=a%00b,%F0%9F%98%80", **TOKEN).body == {"authors": []}


def test_many_authors_take_one_query(
    alice: Caller, bob: Caller, charlie: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        charlie.get(f"{PATH}?usernames=alice,bob", **TOKEN)


def test_credentials_say_whose_they_are_and_open_no_session(alice: Caller, charlie: Caller) -> None:
    before = Session.objects.count()
    answer = charlie.post("/internal/credentials", {"login": "ALICE", "password": PASSWORD}, **TOKEN)
    assert (answer.status, answer.body) == (200, {"user_id": str(alice.id), "username": "alice", "roles": ["author"]})
    assert charlie.post("/internal/credentials", {"login": "alice", "password": "wrong"}, **TOKEN).status == 401
    assert charlie.post("/internal/credentials", {"login": "alice", "password": PASSWORD}).status == 401
    assert Session.objects.count() == before
