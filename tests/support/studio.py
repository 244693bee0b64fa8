"""The studio in a browser, as an author uses it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.api import PASSWORD, Visitor

SAVED = re.compile(r"^Saved ")
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('studio:draft:')).length"
"""How many texts the browser keeps that were not saved."""


def log_in(page: Page, visitor: Visitor) -> None:
    page.get_by_label("E-mail or username").fill(visitor.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def begin(page: Page, title: str, text: str) -> None:
    page.get_by_role("link", name="New post").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text").fill(text)


def save(page: Page) -> str:
    """Save and return the post's id."""
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(SAVED)).to_be_visible()
    return page.url.rsplit("/", 1)[1]


def is_previewed(studio: Page, text: str) -> None:
    """So that the studio asks for nothing more by itself."""
    expect(studio.frame_locator("iframe").last.locator("article")).to_have_text(text)


def reach(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    named = "(document.activeElement.labels?.[0]?.querySelector('.label') ?? document.activeElement).textContent"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(named) == name:
            return
    pytest.fail(f"no Tab leads to {name}")


def barriers_of(page: Page, axe: str) -> list[str]:
    """What axe-core finds wrong with the page as it is."""
    page.evaluate(axe)
    violations = page.evaluate("axe.run(document, {iframes: false}).then((said) => said.violations)")
    return [f"{each['id']}: {node['target']}" for each in violations for node in each["nodes"]]
