"""``python -m benchmarks.home_feed.reading AUTHORS``: prints median milliseconds of pages of two home feeds, as JSON.

One reader follows all authors, each of whom has published ten posts, the other five of them. Both follow through
blog's own services; requests go through all of blog but its server. Beside them the query that would merge the authors'
posts at the time of reading.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "blog_service.django_settings"
django.setup()

from blog_service.authors.models import Author  # noqa: E402  models are there now
from blog_service.posts.models import Post, PostSlug  # noqa: E402
from blog_service.profiles.services import author_follow  # noqa: E402
from blog_service.testing import Caller  # noqa: E402
from chassis.testing import TokenMint  # noqa: E402
from chassis.tokens import KeySet  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from uuid_utils.compat import uuid7  # noqa: E402

POSTS_EACH = 10
FEW = 5
ROUNDS = 100
CLIENT = Client()
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_MERGE = """
SELECT post.id FROM follows_follow AS follow CROSS JOIN LATERAL (
    SELECT id, published_at FROM posts_post WHERE author_id = follow.author_id AND published_at IS NOT NULL
    ORDER BY published_at DESC, id DESC LIMIT 21
) AS post WHERE follow.follower_id = %s ORDER BY post.published_at DESC, post.id DESC LIMIT 21
"""


def main(authors: int) -> dict[str, float]:
    """Fill the empty database and read it."""
    call_command("migrate", verbosity=0)
    mint = _mint()
    readers = {name: Caller(name, mint, roles=("reader",)) for name in ("few", "many")}
    written = _write(authors)
    for name, followed in (("few", written[:: authors // FEW][:FEW]), ("many", written)):
        for author_id in followed:
            author_follow(author_id, readers[name].id)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return _measured(
        {f"{page}, {name}": ask for name, reader in readers.items() for page, ask in _questions(reader).items()}
    )


def _mint() -> TokenMint:
    """Makes tokens that blog accepts."""
    mint, keys = TokenMint(settings.SERVICE_SETTINGS.public_url, "broadsheet"), KeySet()
    keys.replace(mint.jwks())
    settings.TOKEN_KEYS = keys.get
    return mint


def _write(authors: int) -> list[UUID]:
    """Authors and their posts, whose times of publication go in turns."""
    people = Author.objects.bulk_create(Author(id=uuid7(), username=f"author{n}") for n in range(authors))
    for turn in range(POSTS_EACH):
        posts = [_post(person, FIRST + timedelta(days=turn, seconds=n)) for n, person in enumerate(people)]
        Post.objects.bulk_create(posts, batch_size=1000)
        PostSlug.objects.bulk_create((PostSlug(slug=post.slug, post=post) for post in posts), batch_size=1000)
    return [person.id for person in people]


def _post(author: Author, at: datetime) -> Post:
    key = uuid7()
    text = {"title": "First light", "slug": key.hex, "body": "md " * 500, "html": "md " * 500, "excerpt": "md"}
    return Post(id=key, author=author, status=Post.Status.PUBLISHED, published_at=at, created_at=at, **text)


def _questions(reader: Caller) -> dict[str, Callable[[], object]]:
    """The first two pages in each version, and merging."""
    cursor = _get(reader, "v2/feed?limit=20")["next_cursor"]
    return {
        "v1": lambda: _get(reader, "v1/feed"),
        "v1, page 2": lambda: _get(reader, "v1/feed?page=2"),
        "v2": lambda: _get(reader, "v2/feed"),
        "v2, page 2": lambda: _get(reader, f"v2/feed?cursor={cursor}&limit=20"),
        "merging in SQL alone": lambda: _merge(reader),
    }


def _get(reader: Caller, path: str) -> Any:
    answer = CLIENT.get(f"/api/{path}", headers={"Authorization": f"Bearer {reader.token}"})
    body = answer.json()
    if len(body.get("results", body.get("items", ()))) < 20:
        raise AssertionError(f"{path}: {answer.status_code} {body}")
    return body


def _merge(reader: Caller) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MERGE, [reader.id])
        cursor.fetchall()


def _measured(questions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Medians in milliseconds, all asked in turns."""
    taken: dict[str, list[float]] = {name: [] for name in questions}
    for _ in range(ROUNDS):
        for name, ask in questions.items():
            began = time.perf_counter()
            ask()
            taken[name].append(time.perf_counter() - began)
    return {name: round(statistics.median(seconds) * 1000, 2) for name, seconds in taken.items()}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
