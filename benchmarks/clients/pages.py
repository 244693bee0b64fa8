"""The public page and the studio as Lighthouse judges them: a mid-range phone on its slow 4G, nothing in the cache.

Lighthouse 12 simulates the phone (processor four times slower, 150 ms, 1.6 Mbit/s) from what it sees, by default.
"""

import json
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.results import Figure
from launcher.greeting import DEMO_LOGIN, DEMO_PASSWORD
from launcher.servers.ports import free_port
from tests.support.api import Visitor
from tests.support.browser import own_sandbox
from tests.support.photographs import photograph
from tests.support.programs import npm_install, program

LIGHTHOUSE = Path(__file__).parent / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST_SCORE, MOST_TRANSFER_KB, MOST_PAINT_SECONDS = 95, 100, 1.5
RUNS = 5
Report = dict[str, Any]


def measure(base_url: str, folder: Path, *, quick: bool) -> list[Figure]:
    """Each page several times over; the figures are medians."""
    npm_install(LIGHTHOUSE, folder)
    addresses = {
        "post": f"/posts/{_post_with_three_pictures(base_url)}",
        "studio": "/studio",
        "studio-list": "/studio#/posts",
    }
    reports: dict[str, list[Report]] = {}
    with _chromium(folder) as (page, port):
        for name, address in addresses.items():
            if name == "studio-list":
                _log_in(page, base_url)
            reports[name] = [_judged(base_url + address, port, folder) for _ in range(1 if quick else RUNS)]
    return [figure for name, runs in reports.items() for figure in _figures(name, runs)]


def _figures(name: str, runs: list[Report]) -> Iterator[Figure]:
    scores = {each: statistics.median(run["categories"][each]["score"] for run in runs) * 100 for each in CATEGORIES}
    worst = round(min(scores.values()), 1)
    yield Figure(
        id=f"{name}-score",
        what="worst of Lighthouse's four categories",
        value=worst,
        unit="of 100",
        beside={each: round(score, 1) for each, score in scores.items()},
    ).at_least(LEAST_SCORE)
    yield Figure(
        id=f"{name}-transfer",
        what="transferred, without pictures",
        value=round(statistics.median(map(_transferred, runs)) / 1000, 1),
        unit="KB",
    ).at_most(MOST_TRANSFER_KB)
    paint = statistics.median(run["audits"]["largest-contentful-paint"]["numericValue"] for run in runs) / 1000
    painted = Figure(id=f"{name}-paint", what="largest contentful paint", value=round(paint, 2), unit="s")
    yield painted.at_most(MOST_PAINT_SECONDS) if name == "post" else painted


def _transferred(report: Report) -> int:
    requests = report["audits"]["network-requests"]["details"]["items"]
    return sum(each["transferSize"] for each in requests if each.get("resourceType") != "Image")


def _judged(url: str, port: int, folder: Path) -> Report:
    """Lighthouse's report of a page in the browser whose debugger listens there; it empties all but the cookies."""
    command = [
        str(folder / "node_modules/.bin/lighthouse"),
        url,
        f"--port={port}",
        "--quiet",
    ]
    command += ["--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    if "/studio" in url:
        command.append("--skip-audits=is-crawlable")  # search engines are kept out on purpose
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    report: Report = json.loads(ended.stdout)
    if "runtimeError" in report:
        raise RuntimeError(report["runtimeError"]["message"])
    return report


@contextmanager
def _chromium(folder: Path) -> Iterator[tuple[Page, int]]:
    """A browser with a profile of its own, and the port of its debugger."""
    port = free_port()
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=program("chromium", "chromium"),
            args=[*own_sandbox(), f"--remote-debugging-port={port}"],
        ) as context,
    ):
        yield context.pages[0], port


def _log_in(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/studio")
    page.get_by_label("E-mail or username").fill(DEMO_LOGIN)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Posts")).to_be_visible()
    page.goto("about:blank")


def _post_with_three_pictures(base_url: str) -> str:
    """Its slug, once all is drawn."""
    with Visitor(base_url) as author:
        author.register("lighthouse")
        pictures = [author.upload(photograph(seed=f"{author.username} {number}")).json() for number in range(3)]
        images = [{"media": picture["id"], "caption": "At dawn"} for picture in pictures]
        slug: str = author.publish(author.create_post(images=images)["slug"])["slug"]
        for picture in pictures:
            for url in picture["urls"].values():
                author.wait_for_picture(url)
        return slug
