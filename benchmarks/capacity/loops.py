"""The kinds of requests: what a round of each asks, and of what platform."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from tests.support.api import Json, Visitor, expect, json_of
from tests.support.photographs import photograph
from tests.support.waiting import eventually

TICK_MICROS = 10_000  # the kernel tells CPU time in hundredths of a second
BODY = "# Dawn\n\n" + "The river was **up** again, and the bridge [shut](https://example.org/).\n\n" * 18
"""A short article of about 1,300 characters."""


@dataclass
class Newsstand:
    """Something of everything to ask for: alice writes, a stranger without a token reads."""

    alice: Visitor
    stranger: Visitor
    slugs: list[str]
    picture: str
    refresh_token: str
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def read_keys(self) -> None:
        expect(self.stranger.http.get("/.well-known/jwks.json"), 200)

    def list_posts(self) -> None:
        expect(self.stranger.http.get("/api/v1/posts"), 200)

    def read_post(self) -> None:
        expect(self.stranger.http.get(f"/api/v1/posts/{self.slugs[next(self.numbers) % len(self.slugs)]}"), 200)

    def read_picture(self) -> None:
        expect(self.stranger.http.get(self.picture), 200)

    def publish_post(self) -> None:
        """Two requests."""
        _publish(self.alice, f"Edition {next(self.numbers)}")

    def log_in(self) -> None:
        self.refresh_token = self.alice.log_in()["refresh"]

    def refresh(self) -> None:
        answer = self.stranger.http.post("/api/v1/auth/jwt/refresh", json={"refresh": self.refresh_token})
        self.refresh_token = json_of(answer, 200)["refresh"]

    def upload(self, pictures: list[bytes]) -> None:
        """Upload them one after another, then wait until all their renditions are made."""
        assets = [json_of(self.alice.upload(picture), 201) for picture in pictures]
        for asset in assets:
            eventually(partial(self._is_ready, asset), seconds=120, every=0.5)

    def _is_ready(self, asset: Json) -> bool:
        status = json_of(self.alice.http.get(f"/api/v1/media/{asset['id']}"), 200)["status"]
        assert status != "failed", asset
        return bool(status == "ready")


@dataclass(frozen=True)
class Loop:
    """So many rounds of one kind. What a round costs is published under ``id``."""

    id: str
    what: str
    rounds: int
    run: Callable[[Newsstand, int], None]

    def noise(self, rounds: int) -> float:
        """CPU µs a round that cannot be told from nothing."""
        return max(5, TICK_MICROS * 2 / rounds)


def _each(ask: Callable[[Newsstand], None]) -> Callable[[Newsstand, int], None]:
    def run(stand: Newsstand, rounds: int) -> None:
        for _ in range(rounds):
            ask(stand)

    return run


def _uploads(width: int, height: int) -> Callable[[Newsstand, int], None]:
    def run(stand: Newsstand, rounds: int) -> None:
        stand.upload([photograph(width, height, seed=f"{next(stand.numbers)}") for _ in range(rounds)])

    return run


LOOPS = (
    Loop("cpu-route", "GET a small public answer (keys)", 2000, _each(Newsstand.read_keys)),
    Loop("cpu-list", "GET 20 posts", 600, _each(Newsstand.list_posts)),
    Loop("cpu-detail", "GET a post", 800, _each(Newsstand.read_post)),
    Loop("cpu-picture", "GET a picture, 800 pixels wide", 1000, _each(Newsstand.read_picture)),
    Loop("cpu-publish", "create a post and publish it, two requests", 200, _each(Newsstand.publish_post)),
    Loop("cpu-login", "log in", 150, _each(Newsstand.log_in)),
    Loop("cpu-refresh", "refresh tokens", 400, _each(Newsstand.refresh)),
    Loop("cpu-upload", "upload 0.5 megapixels, with renditions", 60, _uploads(800, 600)),
    Loop("cpu-upload-12", "upload 12 megapixels, with renditions", 12, _uploads(4000, 3000)),
)


@contextlib.contextmanager
def newsstand(base_url: str, posts: int) -> Iterator[Newsstand]:
    """Fill the platform with so many posts and one picture."""
    with Visitor(base_url) as alice, Visitor(base_url) as stranger:
        alice.register("alice")
        refresh_token = str(alice.log_in()["refresh"])
        slugs = [_publish(alice, f"Number {number}") for number in range(posts)]
        urls = json_of(alice.upload(photograph(1600, 1200, seed=alice.username)), 201)["urls"]
        alice.wait_for_picture(urls["medium"])
        yield Newsstand(alice, stranger, slugs, urls["medium"], refresh_token)


def _publish(author: Visitor, title: str) -> str:
    slug: str = author.create_post(title=title, body=BODY, tags=["dawn", "rivers"])["slug"]
    expect(author.http.post(f"/api/v1/posts/{slug}/publish"), 200)
    return slug
