"""What blog asks when no event has told it of an author yet."""

from uuid import UUID

import pytest
from auth_service.audit.models import AuditEntry
from auth_service.clients.services import service_token_issue
from auth_service.sessions.models import Session
from auth_service.testing import PASSWORD, Caller
from auth_service.usernames.services import username_take
from auth_service.users.internal import views
from auth_service.users.models import FormerUsername, User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

PATH = "/internal/authors"
NOBODY = "01900000-0000-7000-8000-0000000000ff"


@pytest.fixture
def blog(charlie: Caller) -> Caller:
    """The service, with its token for auth."""
    charlie.access = service_token_issue("blog", "auth", now=timezone.now()).text
    return charlie


def test_authors_are_found_by_id_and_by_name(alice: Caller, bob: Caller, blog: Caller) -> None:
    answer = blog.get(f"{PATH}?ids={alice.id},{NOBODY}&usernames=BOB,nobody")
    assert answer.status == 200
    hers, his = sorted(answer.body["authors"], key=lambda author: str(author["username"]))
    assert hers == {
        "user_id": str(alice.id),
        "username": "alice",
        "bio": "",
        "avatar": None,
        "picture_url": "",
        "locale": "en",
        "roles": ["author"],
        "sequence": 1,
    }
    assert his["user_id"] == str(bob.id)


def test_an_author_is_found_by_a_former_name_while_it_is_held(alice: Caller, blog: Caller) -> None:
    now = timezone.now()
    assert alice.id
    username_take(alice.id, "alicia", now=now)
    (author,) = blog.get(f"{PATH}?usernames=ALICE").body["authors"]
    assert (author["user_id"], author["username"]) == (str(alice.id), "alicia")
    FormerUsername.objects.update(held_until=now)
    assert blog.get(f"{PATH}?usernames=alice").body == {"authors": []}


def test_the_sequence_is_that_of_the_last_event(alice: Caller, blog: Caller) -> None:
    alice.patch("/api/v1/auth/users/me", {"profile": {"bio": "Writes."}})
    (author,) = blog.get(f"{PATH}?usernames=alice").body["authors"]
    assert (author["bio"], author["sequence"]) == ("Writes.", 2)


def test_suspended_accounts_are_left_out(alice: Caller, blog: Caller) -> None:
    User.objects.update(is_active=False)
    assert blog.get(f"{PATH}?usernames=alice").body == {"authors": []}


def test_all_authors_come_page_by_page(
    alice: Caller, bob: Caller, blog: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_MOST", 1)
    everybody = sorted(str(caller.id) for caller in (alice, bob))
    seen: list[str] = []
    after = str(UUID(int=0))
    while page := blog.get(f"{PATH}?after={after}").body["authors"]:
        seen += [author["user_id"] for author in page]
        assert len(page) == 1
        after = seen[-1]
    assert seen == everybody


def test_only_services_may_ask(alice: Caller, blog: Caller) -> None:
    assert blog.get(f"{PATH}?usernames=alice").status == 200
    for blog.access in ("", "wrong", service_token_issue("blog", "media", now=timezone.now()).text):
        assert blog.get(f"{PATH}?usernames=alice").status == 401
    assert alice.get(f"{PATH}?usernames=alice").status == 401


@pytest.mark.parametrize("query", ["ids=x", "ids=%00", "after=", "after=x", f"ids={','.join([NOBODY] * 101)}"])
def test_a_question_that_is_none_is_refused(blog: Caller, query: str) -> None:
    assert blog.get(f"{PATH}?{query}").status == 400


def test_a_name_that_cannot_be_is_nobodys(blog: Caller) -> None:
    assert blog.get(f"{PATH}?usernames=a%00b,%F0%9F%98%80").body == {"authors": []}


def test_many_authors_take_one_query_beside_that_for_the_key(
    alice: Caller, bob: Caller, blog: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        blog.get(f"{PATH}?usernames=alice,bob")


def test_credentials_say_whose_they_are_and_open_no_session(alice: Caller, blog: Caller) -> None:
    before = Session.objects.count()
    answer = blog.post("/internal/credentials", {"login": "ALICE", "password": PASSWORD})
    whose = {"user_id": str(alice.id), "username": "alice", "roles": ["author"], "sequence": 1}
    assert (answer.status, answer.body) == (200, whose)
    assert blog.post("/internal/credentials", {"login": "alice", "password": "wrong"}).status == 401
    blog.access = ""
    assert blog.post("/internal/credentials", {"login": "alice", "password": PASSWORD}).status == 401
    assert Session.objects.count() == before
    told = AuditEntry.objects.filter(user__username="alice").order_by("-id").values_list("action", "detail")[:2]
    assert list(told) == [("session.refused", {"code": "invalid_credentials"}), ("admin.entered", {"admin": "blog"})]
