"""Spellings of one address or name are one account, at every door."""

import pytest
from auth_service.testing import PASSWORD, Caller
from auth_service.users.key_backfill import users_fill_keys
from auth_service.users.models import User
from auth_service.users.selectors import authors_list
from auth_service.users.unique_keys import email_key, username_key
from django.contrib.auth import authenticate

USERS, CREATE = "/api/v1/auth/users", "/api/v1/auth/jwt/create"
KELVIN, LONG_S, DOTTED_I, DOTLESS_I = "\N{KELVIN SIGN}", "\N{LATIN SMALL LETTER LONG S}", "\u0130", "\u0131"
SPELLINGS = [
    ("kim@example.org", f"{KELVIN}im@example.org"),
    ("sam@example.org", f"{LONG_S}am@example.org"),
    ("ida@example.org", f"{DOTTED_I}da@example.org"),
    ("ida@example.org", f"{DOTLESS_I}da@example.org"),
    ("Ida@Example.ORG", "ida@example.org"),
    ("ann@b\u00fccher.example", "ann@xn--bcher-kva.example"),
    ("ann@B\u00dcCHER.example", "ANN@b\u00fccher.example"),
]


def register(who: Caller, email: str, username: str) -> int:
    return who.post(USERS, {"email": email, "username": username, "password": PASSWORD}).status


def old(email: str, username: str) -> User:
    """An account that was opened before there were keys."""
    user = User.objects.create_user(email=email, username=username, password=PASSWORD)
    User.objects.filter(pk=user.pk).update(email_key=None, username_key=None, email=email)
    return user


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_spellings_have_one_key(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)
    assert email_key(one).isascii()
    assert email_key(email_key(one)) == email_key(one)


@pytest.mark.parametrize("domain", ["[127.0.0.1]", "\u2603.example", "a_b.example", ""])
def test_a_domain_that_is_none_has_a_key_too(domain: str) -> None:
    assert email_key(f"Ann@{domain}") == f"ann@{domain}"


def test_domains_that_differ_stay_two() -> None:
    assert email_key("a@stra\u00dfe.example") != email_key("a@strasse.example")


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_who_registers_can_log_in_however_they_spell_it(charlie: Caller, one: str, other: str) -> None:
    assert register(charlie, other, "charlie") == 201
    for login in (one, other, one.upper()):
        assert charlie.post(CREATE, {"login": login, "password": PASSWORD}).status == 200
    assert authenticate(username=one, password=PASSWORD) == User.objects.get()


@pytest.mark.parametrize(("one", "other"), [*SPELLINGS, *(pair[::-1] for pair in SPELLINGS)])
def test_another_spelling_opens_no_second_account(charlie: Caller, one: str, other: str) -> None:
    assert register(charlie, one, "first") == 201
    answer = charlie.post(USERS, {"email": other, "username": "second", "password": PASSWORD})
    assert (answer.status, list(answer.body)) == (400, ["email"])


def test_usernames_are_found_by_their_key(charlie: Caller) -> None:
    register(charlie, "kim@example.org", "Kim")
    assert username_key("KIM") == username_key(f"{KELVIN}im") == "kim"
    assert charlie.get("/api/v1/auth/profiles/KIM").status == 200
    assert charlie.post(CREATE, {"login": f"{KELVIN}IM", "password": PASSWORD}).status == 200
    assert [user.username for user in authors_list(usernames=["KIM"])] == ["Kim"]


def test_accounts_from_before_keys_log_in_until_they_have_one_and_after(charlie: Caller) -> None:
    old("Kim@example.org", "Kim")
    for _ in range(2):
        for login in ("kim@EXAMPLE.org", "KIM"):
            assert charlie.post(CREATE, {"login": login, "password": PASSWORD}).status == 200
        assert register(charlie, "KIM@example.org", "other") == register(charlie, "o@example.org", "kim") == 400
        users_fill_keys()
    assert User.objects.filter(email_key="kim@example.org", username_key="kim").count() == 1


def test_of_two_old_accounts_spelt_alike_the_plain_one_keeps_its_address(charlie: Caller) -> None:
    other = old("ann@b\u00fccher.example", "other")
    plain = old("ann@xn--bcher-kva.example", "plain")
    assert [users_fill_keys(1) for _ in range(3)] == [1, 1, 0]
    other.refresh_from_db()
    plain.refresh_from_db()
    assert plain.email_key == "ann@xn--bcher-kva.example"
    assert other.email_key == f"{plain.email_key} {other.id}"
    assert charlie.post(CREATE, {"login": "other", "password": PASSWORD}).status == 200


def test_a_new_account_has_its_keys_at_once(charlie: Caller) -> None:
    charlie.register()
    assert users_fill_keys() == 0
