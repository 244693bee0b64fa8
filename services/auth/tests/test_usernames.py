"""Names that nobody may have: the platform's own, and those that look like another one's."""

import pytest
from auth_service.testing import PASSWORD, Caller
from auth_service.users.look_alikes import look_alike
from auth_service.users.models import USERNAME, User
from auth_service.users.unique_keys import look_alike_key
from django.db.models import Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

USERS = "/api/v1/auth/users"
RESERVED = [
    "admin",
    "administrator",
    "root",
    "api",
    "support",
    "system",
    "staff",
    "moderator",
    "editor",
    "security",
    "abuse",
    "postmaster",
    "webmaster",
    "help",
    "about",
    "login",
    "logout",
    "posts",
    "tags",
    "authors",
    "studio",
    "docs",
]


def register(username: str) -> tuple[int, list[str]]:
    body = {"email": "charlie@example.org", "username": username, "password": PASSWORD}
    answer = Caller("charlie").post(USERS, body)
    return answer.status, answer.body.get("username")


@pytest.mark.parametrize("name", [*RESERVED, "Admin", "R00T", "p0sts", "rnoderator", "he1p", "heIp", "D0CS"])
def test_the_platforms_own_names_are_nobodys(db: None, name: str) -> None:
    assert register(name) == (400, ["This username is reserved."])


@pytest.mark.parametrize("name", ["admins", "my-admin", "help.me", "mee"])
def test_names_that_begin_like_them_are_free(db: None, name: str) -> None:
    assert register(name)[0] == 201


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ("alice", "aIice"),
        ("alice", "a1ice"),
        ("alice", "AIice"),
        ("bob", "b0b"),
        ("bob", "B0B"),
        ("tom", "torn"),
        ("Mary", "rnary"),
        ("rnary", "MARY"),
        ("l1I", "III"),
    ],
)
def test_a_name_that_looks_like_anothers_is_refused(db: None, there: str, wanted: str) -> None:
    Caller(there).register()
    assert register(wanted) == (400, ["This username looks like another one."])
    assert User.objects.count() == 1


@pytest.mark.parametrize(("there", "wanted"), [("alice", "alicia"), ("bob", "rob"), ("mall", "mail"), ("a-b", "a_b")])
def test_names_that_can_be_told_apart_live_side_by_side(db: None, there: str, wanted: str) -> None:
    Caller(there).register()
    assert register(wanted)[0] == 201


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.from_regex(rf"\A{USERNAME}\Z"))
def test_the_database_sees_look_alikes_as_the_code_does(alice: Caller, username: str) -> None:
    seen = User.objects.annotate(seen=look_alike(Value(username))).values_list("seen", flat=True).get()
    assert seen == look_alike_key(username)
    assert look_alike_key(seen) == seen


@pytest.mark.parametrize("password", ["password123", "qwertyuiop", "1q2w3e4r5t", "iloveyou123"])
def test_common_passwords_are_refused(db: None, password: str) -> None:
    body = {"email": "charlie@example.org", "username": "charlie", "password": password}
    assert "This password is too common." in Caller("charlie").post(USERS, body).body["password"]
