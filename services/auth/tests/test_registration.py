"""Opening an account."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from auth_service.testing import PASSWORD, AtOnce, Caller
from auth_service.users.hashers import Argon2id
from auth_service.users.models import User
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published

USERS = "/api/v1/auth/users"


def body(**changes: Any) -> dict[str, Any]:
    whole = {"email": "charlie@example.org", "username": "charlie", "password": PASSWORD} | changes
    return {name: value for name, value in whole.items() if value is not ...}


def test_whoever_registers_gets_an_account(charlie: Caller) -> None:
    answer = charlie.post(USERS, body())
    assert answer.status == 201
    assert answer.body == {"id": answer.body["id"], "email": "charlie@example.org", "username": "charlie"}
    assert UUID(answer.body["id"]).version == 7


def test_a_password_is_stored_as_argon2id(charlie: Caller) -> None:
    charlie.register()
    assert User.objects.get().password.startswith("argon2$argon2id$")
    assert Argon2id().encode(PASSWORD, "a salt of sixteen").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_registration_is_told_to_others_without_the_email(charlie: Caller) -> None:
    charlie.register()
    (event,) = published(DjangoDatabase())
    assert event.type == "auth.user.registered.v1"
    assert event.sequence == 1
    assert event.data == {"user_id": str(charlie.id), "username": "charlie", "bio": "", "avatar": None, "locale": "en"}


def test_new_users_are_authors_and_nothing_more(charlie: Caller) -> None:
    charlie.post(USERS, body(is_staff=True, is_superuser=True, roles=["admin"]))
    user = User.objects.get()
    assert (user.roles, user.is_staff, user.is_superuser) == (["author"], False, False)


@pytest.mark.parametrize("taken", ["email", "username"])
def test_names_are_taken_without_regard_to_case(alice: Caller, charlie: Caller, taken: str) -> None:
    answer = charlie.post(USERS, body(**{taken: getattr(alice, taken).upper()}))
    assert answer.status == 400
    assert list(answer.body) == [taken]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ...),
        ("email", "not an address"),
        ("email", f"{'a' * 250}@example.org"),
        ("username", ...),
        ("username", "al"),
        ("username", "a" * 31),
        ("username", "al ice"),
        ("username", "älice"),
        ("username", "alice\n"),
        ("password", ...),
        ("password", "short"),
        ("password", "1234567890"),
        ("password", "password123"),
        ("password", " " * 12),
        ("password", "\t \u3000" * 5),
        ("password", "x" * 12),
        ("password", f" {'x' * 12} "),
        ("password", "charlie@example.org"),
        ("password", "a" * 1025),
        ("password", 1234567890123),
        ("password", ["correct horse"]),
        ("password", None),
    ],
)
def test_a_wrong_field_is_named(charlie: Caller, field: str, value: object) -> None:
    answer = charlie.post(USERS, body(**{field: value}))
    assert answer.status == 400
    assert list(answer.body) == [field]
    assert isinstance(answer.body[field][0], str)
    assert not User.objects.exists()


@pytest.mark.parametrize("text", ["\0", "\ud800"])
@pytest.mark.parametrize("field", ["email", "username", "password"])
def test_text_that_no_database_stores_is_refused(charlie: Caller, field: str, text: str) -> None:
    assert charlie.post(USERS, body(**{field: f"charlie{text}"})).status == 400


@pytest.mark.parametrize("sent", [b"", b"{", b'"text"', b"[]", b"null", b"\xff\xfe{}", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(charlie: Caller, sent: bytes) -> None:
    assert charlie.post(USERS, sent).status == 400


def test_a_form_is_refused(charlie: Caller) -> None:
    response = charlie._client.post(USERS, body())
    assert response.status_code == 415


def test_of_two_who_want_one_name_at_once_one_gets_it(at_once: AtOnce) -> None:
    answers = at_once(
        [partial(Caller("charlie").post, USERS, body(email=f"{name}@example.org")) for name in ("one", "two")]
    )
    assert sorted(answer.status for answer in answers) == [201, 400]
    assert User.objects.count() == 1
    assert len(published(DjangoDatabase())) == 1
