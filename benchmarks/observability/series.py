"""How many time series Prometheus keeps of the whole platform, and that they are as many whoever comes and goes."""

import os
import subprocess
import sys
import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.results import Figure
from launcher import ROOT
from launcher.settings import SERVICES
from tests.support.api import Visitor, expect, json_of
from tests.support.photographs import photograph
from tests.support.platform import Platform
from tests.support.waiting import eventually

LOOKS = 3
"""After so many looks of Prometheus, five seconds each, it has seen what was counted before the first."""
CROWDS = 8
"""At most: what is rare, such as a job that runs each few minutes, is counted for the first time in any of them; what
people, posts and paths add would be added by each.
"""
STORIES = ("story", "people", "refusals", "nested_writes", "personal_tokens", "tus")
"""Of ``tests/e2e``: each with people of its own, whose tokens last ten minutes."""
PEOPLE, POSTS, PATHS = 5, 10, 200
"""Of each crowd."""


@dataclass(frozen=True)
class Watched:
    """A platform with the Prometheus beside it."""

    base_url: str
    prometheus: str

    def series(self) -> Counter[str]:
        """Those that are there now, by the job that tells them."""
        self._await_looks()
        counted = self._asked('count by (job) ({__name__=~".+", job!=""})')
        return Counter({each["metric"]["job"]: int(each["value"][1]) for each in counted})

    def _await_looks(self) -> None:
        first = self._looks()
        eventually(lambda: all(count >= first[job] + LOOKS for job, count in self._looks().items()), seconds=120)

    def _looks(self) -> Counter[str]:
        looked = self._asked("sum by (job) (count_over_time(up[1d]))")
        return Counter({each["metric"]["job"]: int(each["value"][1]) for each in looked})

    def _asked(self, query: str) -> list[Any]:
        answer = httpx.get(f"{self.prometheus}/api/v1/query", params={"query": query}, timeout=60).raise_for_status()
        return list(answer.json()["data"]["result"])


def measure(*, quick: bool) -> list[Figure]:
    """Stories of ``tests/e2e`` (quick: none of them), then crowds of other people with other posts and paths."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        platform = Platform(Path(folder) / "var", mode="servers")
        platform.settings["OBSERVE"] = "1"
        with platform:
            watched = Watched(platform.base_url, platform.observers["Prometheus"])
            if not quick:
                for story in STORIES:
                    _tell(story, platform)
            after = watched.series()
            for _ in range(CROWDS):
                crowd(platform.base_url)
                before, after = after, watched.series()
                grown = _of_ours(after - before)
                if not grown:
                    break
    ours = _of_ours(after)
    others = {job: count for job, count in after.items() if job not in ours}
    return [
        Figure(
            id="series",
            what="time series of all our processes after stories of e2e",
            value=sum(ours.values()),
            unit="series",
            beside=dict(sorted(ours.items())) | {f"beside: {job}": count for job, count in sorted(others.items())},
        ).at_most(6000),
        Figure(
            id="series-growth",
            what=f"more of them for the last {PEOPLE} other users, {POSTS} posts and {PATHS} paths",
            value=sum(grown.values()),
            unit="series",
            beside=grown,
        ).at_most(0),
    ]


def _of_ours(series: Counter[str]) -> dict[str, int]:
    return {job: count for job, count in series.items() if job.partition("-")[0] in SERVICES}


def crowd(base_url: str) -> None:
    """People nobody knew, who write, talk, lose their way and mistype; each time the same with other names."""
    people = [Visitor(base_url).register("reader") for _ in range(PEOPLE)]
    author, *readers = people
    stranger = Visitor(base_url)
    picture = json_of(author.upload(photograph(800, 600, seed=author.username)), 201)
    author.wait_for_picture(picture["urls"]["medium"])
    for number in range(POSTS):
        post = author.create_post(title=f"Number {number} {uuid.uuid4().hex}", tags=[f"tag-{uuid.uuid4().hex[:8]}"])
        author.publish(post["slug"])
        for reader in readers:
            _read(reader, author, post)
        _read_unknown(stranger, post)
    for number in range(PATHS):
        expect(stranger.http.get(f"/{uuid.uuid4().hex}/{number}?{uuid.uuid4().hex}={number}"), 404)
        stranger.http.get(f"/api/v1/posts/{uuid.uuid4().hex}")
    for person in [*people, stranger]:
        person.http.close()


def _read(reader: Visitor, author: Visitor, post: dict[str, Any]) -> None:
    reader.http.get(f"/api/v1/posts/{post['slug']}")
    reader.http.get(f"/api/v2/posts/{post['id']}")
    reader.http.post(f"/api/v1/posts/{post['slug']}/favourite")
    reader.http.post(f"/api/v1/posts/{post['slug']}/comments", json={"body": f"Said {uuid.uuid4().hex}"})
    reader.http.post(f"/api/v1/authors/{author.username}/follow")
    reader.http.get("/api/v1/feed")


def _read_unknown(stranger: Visitor, post: dict[str, Any]) -> None:
    stranger.http.get("/api/v1/posts", params={"q": uuid.uuid4().hex})
    stranger.http.get(f"/api/v1/posts/{post['slug']}")
    stranger.http.delete(f"/api/v1/posts/{post['slug']}")
    stranger.http.get(f"/api/v2/posts/{uuid.uuid4()}")
    stranger.http.post("/api/v1/auth/jwt/create", json={"login": uuid.uuid4().hex, "password": "not-this-one"})


def _tell(story: str, platform: Platform) -> None:
    command = [sys.executable, "-m", "pytest", f"tests/e2e/test_{story}.py", "-q", "-p", "no:cacheprovider"]
    told = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"BASE_URL": platform.base_url},
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise RuntimeError(told.stdout[-3000:] + told.stderr[-3000:])
