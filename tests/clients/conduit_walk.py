"""Walks a front end that others wrote for RealWorld's specification, as two people would, in Chromium.

``python -m tests.clients.conduit_walk ADDRESS``, where it is served with the dialect of a running platform as its API.
It knows what the specification's own templates show, nothing of any one front end.
"""

import re
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import chromium

PASSWORD = "a-long-passphrase-42"
TAG_FIELD = "Enter tags"
MILLISECONDS = 20_000


class Person:
    """Somebody with a browser of their own, on the front end."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = f"{name}-{uuid.uuid4().hex[:8]}"

    def fill(self, **fields: str) -> None:
        """By the placeholders of the templates; a name stands for how one begins."""
        for name, text in fields.items():
            self.page.get_by_placeholder(re.compile(f"^{name.replace('_', ' ')}", re.IGNORECASE)).fill(text)

    def press(self, name: str) -> None:
        self.button(name).first.click()

    def button(self, name: str) -> Locator:
        """What is pressed, a link or a button; many show an icon before their words."""
        words = re.compile(rf"^\W*{name}", re.IGNORECASE)
        return self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words))

    def sign_up(self) -> None:
        self.press("Sign up")
        self.page.get_by_placeholder(re.compile("^(your name|username)$", re.IGNORECASE)).fill(self.name)
        self.fill(Email=f"{self.name}@example.org", Password=PASSWORD)
        self.page.locator("button[type=submit]").click()
        expect(self.page.locator("nav").get_by_text(self.name)).to_be_visible()

    def write(self, title: str, tag: str) -> None:
        self.press("New (Post|Article)")
        self.fill(Article_Title=title, What="How they are trained", Write_your_article="Very *slowly*.")
        self.page.get_by_placeholder(TAG_FIELD).fill(tag)
        self.page.get_by_placeholder(TAG_FIELD).press("Enter")
        expect(self.page.locator(".tag-list").get_by_text(tag)).to_be_visible()
        self.press("Publish Article")
        expect(self.title).to_have_text(title)
        expect(self.page.locator(".article-content em")).to_have_text("slowly")

    @property
    def title(self) -> Locator:
        return self.page.locator(".banner h1")

    def find(self, tag: str, title: str) -> Locator:
        """By its tag, on the first page; gives what is shown of the article there."""
        self.page.locator(".sidebar").get_by_text(tag, exact=True).first.click()
        found = self.page.locator(".article-preview").filter(has_text=title)
        expect(found).to_be_visible()
        return found


@contextmanager
def person(browser: Browser, address: str, name: str) -> Iterator[Person]:
    with browser.new_context() as context:
        context.set_default_timeout(MILLISECONDS)
        page = context.new_page()
        page.goto(address, wait_until="domcontentloaded")
        visitor = Person(page, name)
        visitor.sign_up()
        yield visitor


def favourite(reader: Person, tag: str, title: str) -> None:
    heart = reader.find(tag, title).locator("button")
    expect(heart).to_have_text(re.compile("0"))
    heart.click()
    expect(heart).to_have_text(re.compile("1"))


def comment(reader: Person, title: str) -> None:
    reader.page.get_by_role("heading", name=title).click()
    expect(reader.title).to_have_text(title)
    reader.page.get_by_placeholder("Write a comment").fill("Thanks!")
    reader.press("(Post Comment|Submit)")
    said = reader.page.locator(".card-text")
    expect(said).to_have_text("Thanks!")
    reader.page.locator(".mod-options .ion-trash-a").dispatch_event("click")  # unseen where its font cannot be fetched
    expect(said).to_have_count(0)


def follow(reader: Person, author: Person, title: str) -> None:
    reader.page.locator(".article-meta .author").first.click()
    reader.press(rf"Follow\s+{author.name}")  # by name: some show the button before they know whose it is
    expect(reader.button("Unfollow").first).to_be_visible()
    reader.press("Home")
    reader.page.get_by_text("Your Feed").click()
    expect(reader.page.locator(".article-preview").filter(has_text=title)).to_contain_text(author.name)


def edit(author: Person, title: str) -> None:
    author.press("Edit Article")
    expect(author.page.get_by_placeholder("Article Title")).to_have_value(title)
    author.fill(Write_your_article="Very **patiently**.")
    author.press("Publish Article")
    expect(author.page.locator(".article-content strong")).to_have_text("patiently")


def delete(author: Person, reader: Person, title: str) -> None:
    author.press("Delete Article")
    expect(author.page.locator(".home-page")).to_be_visible()
    reader.page.reload(wait_until="domcontentloaded")  # who is at home already is shown nothing new by the link there
    reader.page.get_by_text("Global Feed").click()
    expect(reader.page.locator(".article-preview").first).to_be_visible()
    expect(reader.page.get_by_text(title)).to_have_count(0)


def walk(browser: Browser, address: str) -> None:
    """The whole way; raises where the front end does not show what it should."""
    expect.set_options(timeout=MILLISECONDS)
    with person(browser, address, "erin") as erin:
        title, tag = f"How {erin.name} trains dragons", f"tag-{erin.name}"
        erin.write(title, tag)
        _read(browser, address, erin, title, tag)


def _read(browser: Browser, address: str, erin: Person, title: str, tag: str) -> None:
    """By somebody who comes when it is there."""
    with person(browser, address, "frank") as frank:
        favourite(frank, tag, title)
        comment(frank, title)
        follow(frank, erin, title)
        edit(erin, title)
        delete(erin, frank, title)


if __name__ == "__main__":
    with chromium() as browser:
        walk(browser, sys.argv[1])
