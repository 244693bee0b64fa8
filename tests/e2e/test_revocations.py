"""A token that is over is refused at every door within a second: the gateway's, and those of the services behind it."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.support.api import Json, Visitor, expect, json_of
from tests.support.platform import Platform
from tests.support.waiting import eventually

DOORS = {"gateway": "GATEWAY_PORT", "blog": "BLOG_PORT", "media": "MEDIA_PORT"}
PATHS = {"gateway": "/api/v1/posts", "blog": "/api/v1/posts", "media": "/api/v1/media"}


@pytest.fixture
def charlie(base_url: str) -> Iterator[Visitor]:
    """Somebody whose log-ins are nobody else's concern."""
    with Visitor(base_url) as visitor:
        yield visitor.register("charlie")


def ask(platform: Platform, door: str, token: str) -> httpx.Response:
    url = f"http://127.0.0.1:{platform.settings[DOORS[door]]}{PATHS[door]}"
    return httpx.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20)


def code(answer: httpx.Response) -> str:
    return "" if answer.status_code == 200 else str(answer.json()["code"])


def refused_everywhere(platform: Platform, token: str, *, seconds: float) -> bool:
    """Wait for it at each door; raises AssertionError where it takes longer than ``seconds``."""
    until = time.monotonic() + seconds
    for door in DOORS:
        eventually(lambda door=door: code(ask(platform, door, token)) == "token_revoked",  # type: ignore[misc]
                   seconds=max(until - time.monotonic(), 0.01), every=0.01)  # fmt: skip
        assert ask(platform, door, token).status_code == 401
    return True


def staff(platform: Platform, step: str, username: str) -> None:
    """Do something to an account as the admin's pages do."""
    script = (
        "from django.utils import timezone\n"
        "from auth_service.moderation.services import user_roles_change, user_suspend\n"
        "from auth_service.users.models import Role, User\n"
        f"user = User.objects.get(username={username!r})\n"
        f"{step}\n"
    )
    platform.shell("auth", script)


def works_everywhere(platform: Platform, token: str) -> bool:
    return all(ask(platform, door, token).status_code == 200 for door in DOORS)


def log_in(visitor: Visitor, platform: Platform) -> Json:
    pair = visitor.log_in()
    assert works_everywhere(platform, pair["access"])
    return pair


def test_logout_ends_the_token_at_every_door(own_platform: Platform, charlie: Visitor) -> None:
    other = charlie.log_in()
    pair = log_in(charlie, own_platform)
    expect(charlie.http.post("/api/v1/auth/logout", json={"refresh": pair["refresh"]}), 204)
    assert refused_everywhere(own_platform, pair["access"], seconds=10)
    assert works_everywhere(own_platform, other["access"])


ENDINGS: dict[str, Callable[[Platform, Visitor], None]] = {
    "suspended": lambda platform, who: staff(
        platform, "user_suspend(user.id, actor=user.id, now=timezone.now())", who.username
    ),
    "role lost": lambda platform, who: staff(platform, "user_roles_change(user.id, [], actor=user.id)", who.username),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_staff_decide_ends_tokens_at_every_door(own_platform: Platform, charlie: Visitor, ending: str) -> None:
    pair = log_in(charlie, own_platform)
    ENDINGS[ending](own_platform, charlie)
    assert refused_everywhere(own_platform, pair["access"], seconds=10)
    if ending == "role lost":
        del charlie.http.headers["Authorization"]  # an invalid token is refused on every route
        fresh = json_of(charlie.http.post("/api/v1/auth/jwt/refresh", json={"refresh": pair["refresh"]}), 200)
        assert works_everywhere(own_platform, fresh["access"])


def test_processes_that_start_later_know(own_platform: Platform, charlie: Visitor) -> None:
    pair = log_in(charlie, own_platform)
    expect(charlie.http.post("/api/v1/auth/logout", json={"refresh": pair["refresh"]}), 204)
    for process in ("blog-web", "media-web", "gateway"):
        restarted = own_platform.make("restart", f"S={process}")
        assert restarted.returncode == 0, restarted.stdout + restarted.stderr
    made = own_platform.make("up")  # waits until all is ready
    assert made.returncode == 0, made.stdout + made.stderr
    for door in DOORS:
        assert code(ask(own_platform, door, pair["access"])) == "token_revoked"
