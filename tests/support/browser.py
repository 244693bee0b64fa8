"""A real Chromium, the one Debian packages, driven by Playwright."""

import contextlib
import os
from collections.abc import Iterator

from chassis.testing.local_server import LocalServer, local_server
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.support.programs import program


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; each of its pages lives in a context, which is a visitor's own profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium", "chromium"), args=own_sandbox())
        try:
            yield browser
        finally:
            browser.close()


def own_sandbox() -> list[str]:
    """Chromium refuses to sandbox what root starts."""
    return [] if os.geteuid() else ["--no-sandbox"]


@contextlib.contextmanager
def empty_pages() -> Iterator[LocalServer]:
    """An origin whose pages do nothing by themselves."""
    with local_server() as server:
        server.headers["Content-Type"] = "text/html"
        yield server


def complaints(page: Page) -> list[str]:
    """A list that fills with what the page's console says of errors, broken policies among them."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
