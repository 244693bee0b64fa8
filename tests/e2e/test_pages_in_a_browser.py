"""The public pages in a real browser: nothing is blocked by their own policy, and a phone is wide enough."""

import pytest
from playwright.sync_api import Browser

from tests.support.api import Visitor
from tests.support.browser import complaints
from tests.support.studio import barriers_of

PHONE = {"width": 360, "height": 740}


BROKEN_WORDS = """() => [...document.querySelectorAll("th, td")].filter((cell) => {
  const all = document.createRange();
  all.selectNodeContents(cell);
  const boxes = [...all.getClientRects()];
  const most = (of) => Math.max(...boxes.map(of));
  const height = most((box) => box.bottom) + most((box) => -box.top);
  return !/\\s|-/.test(cell.textContent) && height > 1.5 * most((box) => box.height);
}).map((cell) => cell.textContent)"""
"""Cells of one word that stands on several lines."""


@pytest.fixture(scope="module")
def paths(alice: Visitor) -> list[str]:
    table, code = f"| a | b |\n|---|---|\n| {'wide ' * 40} | c |", f"```python\n{'x' * 300}\n```"
    body = f"# A title\n\n{'unbroken' * 40}\n\n{table}\n\n{code}"
    post = alice.publish(alice.create_post(title="Read on a phone", body=body, tags=["phones"])["slug"])
    return [f"/posts/{post['slug']}", "/posts", f"/authors/{alice.username}", "/tags/phones"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_break_no_rule_of_their_own(
    browser: Browser, base_url: str, paths: list[str], scheme: str
) -> None:
    with browser.new_context(viewport=PHONE, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        said = complaints(page)
        for path in paths:
            page.goto(base_url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
            ink = page.evaluate("getComputedStyle(document.body).color")
            assert (int(ink.split("(")[1].split(",")[0]) > 128) == (scheme == "dark"), (path, ink)
        assert said == []


@pytest.mark.parametrize("path", ["/", "/problems", "/docs/guide", "/docs/guide/codes", "/nope", "/problems/nope"])
def test_pages_of_the_door_fit_a_phone_and_break_no_word_in_a_table(
    browser: Browser, base_url: str, path: str, axe: str
) -> None:
    with browser.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(base_url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.evaluate(BROKEN_WORDS) == []
        assert barriers_of(page, axe) == []
