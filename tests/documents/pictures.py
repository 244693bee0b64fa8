"""``make pictures``: what the README shows of a page for readers and of the studio, taken anew of the demo content."""

import os
import tempfile
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from launcher import ROOT
from launcher.greeting import DEMO_LOGIN, DEMO_PASSWORD
from tests.support.browser import chromium
from tests.support.platform import Platform

FOLDER = ROOT / "docs/pictures"
WINDOW = {"width": 1100, "height": 760}
TITLE = "First light"
QUALITY = 80


def take(browser: Browser, base_url: str) -> None:
    """Both pictures, in the light."""
    with browser.new_context(viewport=WINDOW, color_scheme="light") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{base_url}/posts/first-light", wait_until="networkidle")
        keep(page, "page")
        page.goto(f"{base_url}/studio")
        page.get_by_label("E-mail or username").fill(DEMO_LOGIN)
        page.get_by_label("Password").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("link", name=TITLE).first.click()
        expect(page.get_by_label("Title")).to_have_value(TITLE)
        expect(page.frame_locator("iframe").last.locator("article p").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        keep(page, "studio")


def keep(page: Page, name: str) -> None:
    Image.open(BytesIO(page.screenshot())).save(FOLDER / f"{name}.webp", quality=QUALITY)


def main() -> None:
    """Of the platform at BASE_URL, or of one that is started for it."""
    given = os.environ.get("BASE_URL")
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-pictures-") as folder,
        nullcontext() if given else Platform(Path(folder)) as platform,
        chromium() as browser,
    ):
        take(browser, platform.base_url if platform else str(given))


if __name__ == "__main__":
    main()
