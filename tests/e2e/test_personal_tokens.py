"""A program with a personal access token: it writes as its owner, leaves the account alone, and is stopped at once."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.api import PASSWORD, Visitor, expect, json_of
from tests.support.platform import Platform
from tests.support.waiting import eventually

OWN = "/api/v2/me/tokens"
SERVICES = {
    "auth": ("AUTH_PORT", "/api/v2/me"),
    "blog": ("BLOG_PORT", "/api/v1/feed"),
    "media": ("MEDIA_PORT", "/api/v1/media"),
}


@pytest.fixture
def erin(base_url: str) -> Iterator[Visitor]:
    """Who lets programs write for her."""
    with Visitor(base_url) as visitor:
        yield visitor.register("erin")


def code(answer: httpx.Response) -> str:
    return "" if answer.is_success else str(answer.json()["code"])


def test_a_program_writes_as_its_owner_and_is_stopped_within_a_second(erin: Visitor) -> None:
    made = erin.make_token("posts")
    with erin.program(made["token"]) as writer:
        post = writer.create_post(title="By a program")
        assert post["author"]["username"] == erin.username
        writer.publish(post["slug"])
        assert code(writer.http.get("/api/v2/me")) == "scope_missing"
        assert code(writer.http.get("/api/v1/media")) == "scope_missing"
        (listed,) = json_of(erin.http.get(OWN), 200)["items"]
        assert listed["last_used_at"]
        assert "token" not in listed
        expect(erin.http.delete(f"{OWN}/{made['id']}"), 204)
        eventually(lambda: code(writer.http.get("/api/v1/posts")) == "token_revoked", seconds=10)
        assert writer.http.get("/api/v1/posts").status_code == 401
    assert json_of(erin.http.get(OWN), 200)["items"] == []


def test_it_may_not_what_takes_a_log_in(erin: Visitor) -> None:
    with erin.program(erin.make_token("account", "posts", "media")["token"]) as thief:
        assert json_of(thief.http.get("/api/v2/me"), 200)["username"] == erin.username
        for path, body in {
            "/api/v2/me/password": {"current_password": PASSWORD, "new_password": "another long pass phrase"},
            "/api/v2/me/email": {"current_password": PASSWORD, "new_email": "thief@example.org"},
            "/api/v2/me/totp": {"password": PASSWORD},
            "/api/v2/me/deletion": {"password": PASSWORD},
            OWN: {"password": PASSWORD, "name": "more", "scopes": ["posts"]},
        }.items():
            answer = thief.http.post(path, json=body)
            assert (answer.status_code, code(answer)) == (403, "session_required"), path


def test_the_services_themselves_take_none(own_platform: Platform, erin: Visitor) -> None:
    token = erin.make_token("account", "posts", "media")["token"]
    for port, path in SERVICES.values():
        url = f"http://127.0.0.1:{own_platform.settings[port]}{path}"
        answer = httpx.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20)
        assert (answer.status_code, code(answer)) == (401, "token_malformed")


def test_a_forgotten_password_ends_all_of_them(own_platform: Platform, erin: Visitor) -> None:
    with erin.program(erin.make_token("posts")["token"]) as writer:
        expect(writer.http.get("/api/v1/feed"), 200)
        script = (
            "from django.utils import timezone\n"
            "from auth_service.passwords.services import password_replace\n"
            "from auth_service.users.models import User\n"
            f"user = User.objects.get(username={erin.username!r})\n"
            "password_replace(user.id, 'another long pass phrase', actor=user.id, now=timezone.now())\n"
        )
        own_platform.shell("auth", script)
        eventually(lambda: code(writer.http.get("/api/v1/feed")) == "token_revoked", seconds=10)
