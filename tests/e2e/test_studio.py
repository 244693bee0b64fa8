"""Authors write in the studio, in a real browser: with pictures, in two windows, without a network, on a phone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.api import PASSWORD, Visitor, json_of
from tests.support.photographs import photograph, text_named_jpg
from tests.support.studio import KEPT, SAVED, barriers_of, begin, is_previewed, log_in, reach, save
from tests.support.waiting import eventually

PHONE = {"width": 360, "height": 740}


def changed_elsewhere(erin: Visitor, post_id: str, body: str) -> None:
    path = f"/api/v2/posts/{post_id}"
    tag = erin.http.get(path).headers["ETag"]
    json_of(erin.http.patch(path, json={"body": body}, headers={"If-Match": tag}), 200)


def body_of(erin: Visitor, post_id: str) -> str:
    return str(json_of(erin.http.get(f"/api/v2/posts/{post_id}"), 200)["body"])


def test_author_writes_with_a_picture_and_publishes(
    studio: Page, erin: Visitor, stranger: Visitor, tmp_path: Path
) -> None:
    picture = tmp_path / "harbour.jpg"
    picture.write_bytes(photograph(1600, 1200, seed=erin.username))
    begin(studio, "Boats", "# Morning\n\nThey come *home*.\n\n")
    preview = studio.frame_locator("iframe").last  # of two, the one that is about to take the other's place
    expect(preview.locator("article em")).to_have_text("home")
    studio.locator("input[type=file]").set_input_files(picture)
    expect(studio.get_by_text("Say what it shows")).to_be_visible()
    studio.get_by_label("What the picture shows").fill("Boats at dawn")
    studio.get_by_role("button", name="Put into the text").click()
    expect(preview.get_by_alt_text("Boats at dawn")).to_be_visible()
    save(studio)
    studio.get_by_role("button", name="Publish").click()
    slug = eventually(lambda: published(stranger, erin.username), seconds=60)
    shown = stranger.http.get(f"/posts/{slug}").text
    assert "<em>home</em>" in shown
    assert 'alt="Boats at dawn"' in shown


def published(stranger: Visitor, author: str) -> str | None:
    items = json_of(stranger.http.get("/api/v2/posts", params={"author": author}), 200)["items"]
    return items[0]["slug"] if items else None


def test_who_was_overtaken_chooses_and_loses_nothing(studio: Page, erin: Visitor) -> None:
    begin(studio, "Two windows", "the first words")
    post_id = save(studio)
    changed_elsewhere(erin, post_id, "their words")
    text = studio.get_by_label("Text")
    text.fill("my words")
    studio.get_by_role("button", name="Save", exact=True).click()
    question = studio.get_by_role("dialog")
    expect(question.locator("del")).to_have_text("their words")
    expect(question.locator("ins")).to_have_text("my words")
    question.get_by_role("button", name="Take theirs").click()
    expect(text).to_have_value("their words")
    studio.get_by_role("button", name="Take it").click()
    expect(text).to_have_value("my words")
    save(studio)
    assert body_of(erin, post_id) == "my words"


def test_a_lost_network_loses_no_words(studio: Page, erin: Visitor) -> None:
    begin(studio, "At sea", "on land")
    post_id = save(studio)
    studio.context.set_offline(True)
    studio.get_by_label("Text").fill("at sea")
    studio.keyboard.press("Control+s")
    expect(studio.get_by_text("No connection.")).to_be_visible()
    studio.context.set_offline(False)
    expect(studio.get_by_text(SAVED)).to_be_visible()
    assert body_of(erin, post_id) == "at sea"


def test_what_was_not_saved_is_offered_when_one_comes_back(studio: Page) -> None:
    begin(studio, "Later", "kept")
    save(studio)
    studio.get_by_label("Text").fill("typed, not saved")
    studio.on("dialog", lambda question: question.accept())
    studio.reload()
    studio.get_by_role("button", name="Take it").click()
    expect(studio.get_by_label("Text")).to_have_value("typed, not saved")


@pytest.mark.parametrize("comes_back", [False, True], ids=["goes on", "comes back"])
def test_a_new_post_whose_answer_was_lost_is_made_once(studio: Page, erin: Visitor, *, comes_back: bool) -> None:
    begin(studio, "At sea", "on land")
    studio.get_by_label("Address").fill(f"at-sea-{erin.username}".lower())

    def lost(route: Route) -> None:
        route.fetch()
        route.abort()

    studio.route("**/api/v2/posts", lost)
    studio.keyboard.press("Control+s")
    expect(studio.get_by_text("No connection.")).to_be_visible()
    studio.unroute("**/api/v2/posts")
    studio.get_by_label("Text").fill("at sea")
    studio.get_by_label("Summary").fill("a voyage")
    if comes_back:
        studio.on("dialog", lambda question: question.accept())
        studio.reload()
        studio.get_by_role("button", name="Take it").click()
    post_id = save(studio)
    (post,) = json_of(erin.http.get("/api/v2/posts?mine=true"), 200)["items"]
    assert (post["id"], post["summary"]) == (post_id, "a voyage")
    assert body_of(erin, post_id) == "at sea"
    assert studio.evaluate(KEPT) == 0


def test_new_posts_of_two_tabs_are_both_kept(studio: Page) -> None:
    begin(studio, "One", "the first")
    other = studio.context.new_page()
    other.goto(studio.url)
    other.get_by_label("Title").fill("Two")
    other.get_by_label("Text").fill("the second")
    assert studio.evaluate(KEPT) == 2
    save(studio)
    assert studio.evaluate(KEPT) == 1
    other.on("dialog", lambda question: question.accept())
    other.reload()
    found = other.locator(".notice", has_text="“Two” was not saved")
    found.get_by_role("button", name="Take it").click()
    expect(other.get_by_label("Text")).to_have_value("the second")
    save(other)
    assert studio.evaluate(KEPT) == 0


def test_a_session_that_ends_in_mid_writing_costs_a_log_in_and_no_words(studio: Page, erin: Visitor) -> None:
    begin(studio, "Long", "begun")
    post_id = save(studio)
    end_sessions_of_the_studio(studio, erin)
    studio.get_by_label("Text").fill("gone on")
    studio.get_by_role("button", name="Save", exact=True).dispatch_event("click")  # the preview may have asked first
    expect(studio.get_by_text("Your session has ended.")).to_have_count(1)
    log_in(studio, erin)
    expect(studio.get_by_text(SAVED)).to_be_visible()
    expect(studio.get_by_role("dialog")).to_have_count(0)
    assert body_of(erin, post_id) == "gone on"


def end_sessions_of_the_studio(studio: Page, erin: Visitor) -> None:
    """All of hers but the one of the test itself."""
    for session in json_of(erin.http.get("/api/v1/auth/sessions"), 200)["results"]:
        if not session["current"]:
            assert erin.http.delete(f"/api/v1/auth/sessions/{session['id']}").status_code == 204
    eventually(lambda: refused(studio))


def refused(studio: Page) -> bool:
    """Whether the cookie of an ended session opens nothing any more."""
    with studio.expect_response("**/api/v2/sessions/refresh") as answer:
        studio.evaluate("fetch('/api/v2/sessions/refresh', {method: 'POST', headers: {'X-CSRF-Token': 'none'}})")
    return answer.value.status in {401, 403}


def test_texts_are_forgotten_at_log_out(studio: Page) -> None:
    begin(studio, "Private", "mine alone")
    save(studio)
    studio.get_by_label("Text").fill("mine alone, and not saved")
    assert studio.evaluate(KEPT) == 1
    studio.route("**/api/v2/posts/*", lambda route: route.abort())
    studio.get_by_role("button", name="Log out").click()
    studio.get_by_role("dialog").get_by_role("button", name="Log out").click()
    expect(studio.get_by_label("Password")).to_be_visible()
    assert studio.evaluate(KEPT) == 0


def test_history_shows_what_was_and_brings_it_back(studio: Page, erin: Visitor) -> None:
    begin(studio, "Drafts", "the first version")
    post_id = save(studio)
    studio.get_by_label("Text").fill("the second version")
    save(studio)
    studio.get_by_role("button", name="History").click()
    studio.get_by_role("button", name="Revision").last.click()
    expect(studio.get_by_role("dialog").locator("del")).to_have_text("the first version")
    studio.get_by_role("button", name="Restore").click()
    expect(studio.get_by_label("Text")).to_have_value("the first version")
    assert body_of(erin, post_id) == "the first version"


REFUSALS = {
    "too large": (413, {}, "This is too large for the server. Make it smaller"),
    "too often": (429, {"Retry-After": "120"}, "Too many requests. Try again in 120 s"),
    "busy": (503, {"Retry-After": "120"}, "The server is busy. Try again in 120 s"),
    "retired": (410, {}, "The server is newer than this page. Reload it"),
}


def refuses(studio: Page, path: str, status: int, headers: dict[str, str]) -> None:
    """Let the server refuse what is asked of this path, until `unroute`."""
    problem = {"status": status, "code": "as_told", "title": "Refused"}

    def refuse(route: Route) -> None:
        route.fulfill(status=status, headers=headers, content_type="application/problem+json", body=json.dumps(problem))

    studio.route(path, refuse)


@pytest.mark.parametrize(("status", "headers", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_refusal_says_what_to_do_and_costs_no_words(
    studio: Page, erin: Visitor, status: int, headers: dict[str, str], sentence: str
) -> None:
    begin(studio, "Patience", "words")
    refuses(studio, "**/api/v2/posts", status, headers)
    studio.get_by_role("button", name="Save", exact=True).click()
    expect(studio.get_by_text(sentence)).to_be_visible()
    expect(studio.get_by_text("Not saved yet; kept in this browser")).to_be_visible()
    studio.unroute("**/api/v2/posts")
    assert body_of(erin, save(studio)) == "words"


def test_a_slug_that_is_taken_is_said_at_its_field(studio: Page, erin: Visitor) -> None:
    taken = erin.create_post(title="The first of its name")["slug"]
    begin(studio, "Another", "words")
    save(studio)
    slug = studio.get_by_label("Address")
    slug.fill(taken)
    studio.get_by_role("button", name="Save", exact=True).click()
    expect(studio.get_by_text("Another post has this address")).to_be_visible()
    expect(slug).to_be_focused()
    slug.fill(f"{taken}-after-all")
    save(studio)


def test_a_german_author_is_refused_in_german(browser: Browser, base_url: str, erin: Visitor) -> None:
    with browser.new_context(locale="de-DE") as context:
        page = context.new_page()
        page.goto(f"{base_url}/studio")
        page.get_by_role("button", name="Anmelden").click()
        expect(page.get_by_text("Bitte ausfüllen.")).to_have_count(2)
        page.get_by_label("E-Mail oder Benutzername").fill(erin.username)
        page.get_by_label("Passwort").fill("not hers")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("Name oder Passwort ist falsch.")
        expect(page.get_by_text("Bitte ausfüllen.")).to_have_count(0)


def test_a_picture_that_is_refused_says_why(studio: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_bytes(text_named_jpg())
    begin(studio, "Pictures", "words")
    studio.locator("input[type=file]").set_input_files(tmp_path / "notes.jpg")
    said = studio.get_by_role("listitem").get_by_role("alert").first
    expect(said).to_contain_text(re.compile(r"^notes\.jpg: \w+"))
    studio.get_by_role("button", name="Take out of the post").click()
    expect(said).to_have_count(0)
    save(studio)


def test_an_upload_goes_on_after_the_server_was_busy(studio: Page, erin: Visitor, tmp_path: Path) -> None:
    (tmp_path / "pier.jpg").write_bytes(photograph(1600, 1200, seed=f"pier of {erin.username}"))
    begin(studio, "Pier", "words")
    refuses(studio, "**/api/v2/uploads/*", 503, {"Retry-After": "120"})
    studio.locator("input[type=file]").set_input_files(tmp_path / "pier.jpg")
    expect(studio.get_by_text("The server is busy. Try again in 120 s")).to_be_visible()
    studio.unroute("**/api/v2/uploads/*")
    with studio.expect_request("**/api/v2/uploads/*") as asked:
        studio.get_by_role("button", name="Go on").click()
    assert asked.value.method == "HEAD"
    expect(studio.get_by_text("Say what it shows")).to_be_visible()


def test_what_one_typed_is_not_kept_for_nor_sent_by_another(studio: Page, erin: Visitor, base_url: str) -> None:
    begin(studio, "Erin's", "for nobody else")
    is_previewed(studio, "for nobody else")
    end_sessions_of_the_studio(studio, erin)
    with Visitor(base_url) as frank:
        frank.register("frank")
        studio.get_by_role("button", name="Save", exact=True).click()
        expect(studio.get_by_text("Your session has ended.")).to_be_visible()
        log_in(studio, frank)
        expect(studio.get_by_label("Text")).to_have_value("")
        assert studio.evaluate(KEPT) == 0
        assert json_of(frank.http.get("/api/v2/posts?mine=true"), 200)["items"] == []


def test_scripts_of_a_text_run_nowhere(studio: Page) -> None:
    begin(studio, "<img src=x onerror=alert(1)>", "<script>parent.document.title='ran'</script><b>shown</b>")
    expect(studio.frame_locator("iframe").last.locator("article b")).to_have_text("shown")
    assert studio.locator("iframe").first.get_attribute("sandbox") == ""
    assert "ran" not in studio.title()


def test_no_html_is_made_of_strings(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/studio")
    tried = "(() => { try { document.body.innerHTML = '<b>' } catch (error) { return error.name } })()"
    assert page.evaluate(tried) == "TypeError"


def test_the_keyboard_suffices(studio: Page, erin: Visitor) -> None:
    press = studio.keyboard.press
    reach(studio, "New post")
    press("Enter")
    expect(studio.get_by_role("heading", name="New post")).to_be_focused()
    for label, words in (("Title", "By hand"), ("Text", "typed")):
        reach(studio, label)
        studio.keyboard.type(words)
    press("Control+s")
    expect(studio.get_by_text(SAVED)).to_be_visible()
    reach(studio, "Publish")
    press("Enter")
    expect(studio.locator(".state.published")).to_be_visible()
    assert published(erin, erin.username)


@pytest.mark.parametrize("look", [("light", "en-GB", "Posts"), ("dark", "de-DE", "Beiträge")])
def test_no_barriers_and_wide_enough_for_a_phone(
    browser: Browser, base_url: str, erin: Visitor, axe: str, look: tuple[Any, str, str]
) -> None:
    scheme, locale, posts = look
    with browser.new_context(viewport=PHONE, color_scheme=scheme, locale=locale) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{base_url}/studio")
        barriers = {"log in": barriers_of(page, axe)}
        page.locator("input[name=username]").fill(erin.username)
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=posts)).to_be_visible()
        for address in ("#/posts", "#/posts/new", "#/pictures", "#/account"):
            page.goto(f"{base_url}/studio{address}")
            expect(page.locator("h1")).to_be_visible()
            expect(page.locator(".loading")).to_have_count(0)
            barriers[address] = barriers_of(page, axe)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
    assert {place: said for place, said in barriers.items() if said} == {}
