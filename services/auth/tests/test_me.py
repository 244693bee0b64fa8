"""One's own account, and what others see of it."""

from typing import Any

import pytest
from auth_service.testing import Caller, Media
from auth_service.users.models import User
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published

ME = "/api/v1/auth/users/me"
TOO_LONG = "Ensure this field has no more than"
NO_LOCALE = "Say a language, and its region if you like: de, or de-AT."


def test_users_see_their_own_account(alice: Caller) -> None:
    for path, more in ((ME, {}), ("/api/v2/me", {"email_confirmed": False, "totp": False, "deletes_at": None})):
        answer = alice.get(path)
        assert answer.status == 200
        assert answer.body == more | {
            "id": str(alice.id),
            "email": "alice@example.org",
            "username": "alice",
            "roles": ["author"],
            "profile": {"bio": "", "avatar": None, "locale": "en"},
        }
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_trailing_slash_means_the_same(alice: Caller) -> None:
    assert alice.get(f"{ME}/").body == alice.get(ME).body


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_nobody_is_nobody_without_a_token(charlie: Caller, method: str) -> None:
    answer = charlie.call(method, ME)
    assert answer.status == 401
    assert answer.body["code"] == "token_missing"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer error=")


def test_the_scheme_ignores_case_and_others_are_refused(alice: Caller, charlie: Caller) -> None:
    assert charlie.get(ME, Authorization=f"bEaReR {alice.access}").status == 200
    for header in (f"Token {alice.access}", alice.access, "Bearer", f"Bearer  {alice.access}", "Bearer a b"):
        answer = charlie.get(ME, Authorization=header)
        assert (answer.status, answer.body["code"]) == (401, "token_malformed")


def test_a_change_keeps_what_was_not_sent(alice: Caller, media: Media) -> None:
    picture = media.has(alice)
    assert alice.patch(ME, {"profile": {"bio": "Writes.", "locale": "de-CH"}}).status == 200
    answer = alice.patch(ME, {"profile": {"avatar": str(picture)}})
    assert answer.body["profile"] == {
        "bio": "Writes.",
        "avatar": f"http://127.0.0.1:8000/m/{picture}/thumb",
        "locale": "de-CH",
    }
    assert alice.patch(ME, {"profile": {"avatar": None}}).body["profile"]["avatar"] is None
    assert alice.patch(ME, {"profile": {"bio": ""}}).body["profile"]["bio"] == ""


@pytest.mark.parametrize("body", [{}, {"profile": {}}, {"profile": {"bio": ""}}])
def test_a_change_of_nothing_makes_no_event(alice: Caller, body: object) -> None:
    before = published(DjangoDatabase())
    assert alice.patch(ME, body).status == 200
    assert published(DjangoDatabase()) == before


def test_a_change_is_told_to_others_with_the_next_version(alice: Caller, media: Media) -> None:
    picture = str(media.has(alice))
    alice.patch(ME, {"profile": {"bio": "Writes.", "avatar": picture}})
    alice.patch(ME, {"profile": {"bio": "Writes on."}})
    *_, first, second = published(DjangoDatabase())
    assert first.type == "auth.profile.updated.v1"
    shown = {"username": "alice", "bio": "Writes.", "avatar": picture, "picture_url": ""}
    assert first.data == {"user_id": str(alice.id)} | shown
    assert (first.sequence, second.sequence) == (2, 3)
    assert second.actor == str(alice.id)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"email": "new@example.org"}, {"email": ["This field is not known here."]}),
        ({"roles": ["admin"]}, {"roles": ["This field is not known here."]}),
        ({"bio": "Writes."}, {"bio": ["This field is not known here."]}),
        ({"profile": {"is_staff": True}}, {"profile": {"is_staff": ["This field is not known here."]}}),
        ({"profile": None}, {"profile": ["This field may not be null."]}),
        ({"profile": {"bio": None}}, {"profile": {"bio": ["This field may not be null."]}}),
        ({"profile": {"bio": 5}}, {"profile": {"bio": ["Not a valid string."]}}),
        ({"profile": {"avatar": "me.png"}}, {"profile": {"avatar": ["Must be a valid UUID."]}}),
        ({"profile": {"avatar": 5}}, {"profile": {"avatar": ["Not a valid string."]}}),
        ({"profile": {"bio": "x" * 1001}}, {"profile": {"bio": [f"{TOO_LONG} 1000 characters."]}}),
        ({"profile": {"bio": "\u200b"}}, {"profile": {"bio": ["Write something that can be seen."]}}),
        ({"profile": {"locale": "english please"}}, {"profile": {"locale": [NO_LOCALE]}}),
    ],
)
def test_a_wrong_change_is_refused_by_name(alice: Caller, body: Any, wrong: Any) -> None:
    answer = alice.patch(ME, body)
    assert answer.status == 400
    assert answer.body == wrong
    assert User.objects.get().version == 1


def test_an_unknown_field_called_like_a_huge_index_costs_nothing(alice: Caller) -> None:
    assert alice.patch(ME, {"999999999999": 1}).status == 400


def test_everybody_sees_the_public_profile(alice: Caller, charlie: Caller) -> None:
    alice.patch(ME, {"profile": {"bio": "Writes."}})
    for path in ("/api/v1/auth/profiles/alice", "/api/v1/auth/profiles/ALICE"):
        answer = charlie.get(path)
        assert answer.status == 200
        assert answer.body == {"username": "alice", "bio": "Writes.", "avatar": None}
        assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=60, stale-while-revalidate=30"


def test_an_unchanged_profile_is_not_sent_again(alice: Caller, charlie: Caller) -> None:
    tag = charlie.get("/api/v1/auth/profiles/alice").headers["ETag"]
    assert charlie.get("/api/v1/auth/profiles/alice", If_None_Match=tag).status == 304


@pytest.mark.parametrize("name", ["nobody", "a%00b", "al", "al%20ice", "x" * 31, "%F0%9F%98%80"])
def test_a_profile_that_is_not_there_is_404_and_not_kept(charlie: Caller, name: str) -> None:
    answer = charlie.get(f"/api/v1/auth/profiles/{name}")
    assert (answer.status, answer.body["code"]) == (404, "not_found")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_suspended_profile_is_not_shown(alice: Caller, charlie: Caller) -> None:
    User.objects.update(is_active=False)
    assert charlie.get("/api/v1/auth/profiles/alice").status == 404


def test_a_bad_token_is_refused_where_none_is_needed(alice: Caller, charlie: Caller) -> None:
    charlie.access = alice.access[:-4]
    assert charlie.get("/api/v1/auth/profiles/alice").status == 401


def test_v2_changes_what_was_read_and_nothing_newer(alice: Caller) -> None:
    tag = alice.get("/api/v2/me").headers["ETag"]
    change = {"profile": {"bio": "Writes."}}
    answer = alice.patch("/api/v2/me", change, If_Match=tag)
    assert (answer.status, answer.body["profile"]["bio"]) == (200, "Writes.")
    assert answer.headers["ETag"] != tag
    stale = alice.patch("/api/v2/me", {"profile": {"bio": "Overwrites."}}, If_Match=tag)
    assert (stale.status, stale.body["code"]) == (412, "precondition_failed")
    assert alice.patch("/api/v2/me", change, If_Match="*").status == 200
    newer = alice.get("/api/v2/me").headers["ETag"]
    assert alice.patch("/api/v2/me", change, If_Match=f"{tag}, {newer}").status == 200
    assert alice.get("/api/v2/me").body["profile"]["bio"] == "Writes."


@pytest.mark.parametrize(
    ("tag", "status"), [(None, 428), ('"x"', 412), ("", 412), ("1", 412), ('W/"1"', 412), ("9" * 5000, 412)]
)
def test_v2_a_change_needs_the_version_it_is_of(alice: Caller, tag: str | None, status: int) -> None:
    headers = {} if tag is None else {"If_Match": tag}
    assert alice.patch("/api/v2/me", {"profile": {"bio": "Writes."}}, **headers).status == status


def test_v2_a_wrong_change_is_422_with_a_pointer(alice: Caller) -> None:
    answer = alice.patch("/api/v2/me", {"profile": {"bio": 5}}, If_Match="*")
    assert answer.status == 422
    assert answer.body["errors"] == [{"pointer": "/profile/bio", "code": "invalid", "detail": "Not a valid string."}]
