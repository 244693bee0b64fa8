"""What lies around the writing in the studio: finding, planning, comments, pictures and what one is logged in with."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.api import Visitor, json_of
from tests.support.browser import complaints
from tests.support.photographs import photograph
from tests.support.platform import Platform
from tests.support.studio import KEPT, SAVED, barriers_of, begin, is_previewed, log_in, save
from tests.support.waiting import eventually

DROPPED = """([encoded, kind]) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "boats.jpg", {type: "image/jpeg"}));
  const of = {bubbles: true, cancelable: true};
  const event = kind === "paste"
    ? new ClipboardEvent("paste", {...of, clipboardData: data}) : new DragEvent("drop", {...of, dataTransfer: data});
  document.querySelector(kind === "paste" ? "textarea.text" : ".preview").dispatchEvent(event);
}"""
"""Brings a picture into the editor as a person's hand does, onto the text or beside it."""


ON_TOP = """(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""
"""Whether nothing covers it."""


HELD = """() => {
  const { setTimeout } = window;
  window.later = [];
  window.setTimeout = (run, delay, ...values) => delay === 400 ? later.push(run) : setTimeout(run, delay, ...values);
}"""
"""Keeps what the studio does when nobody has typed for a while."""


MODERATOR = """
from auth_service.moderation.services import user_roles_change
from auth_service.users.models import Role, User
user = User.objects.get(username={username!r})
user_roles_change(user.id, [Role.MODERATOR], actor=user.id)
"""


def say_of(visitor: Visitor, post_id: str, words: str) -> str:
    sent = visitor.http.post(f"/api/v2/posts/{post_id}/comments", json={"body": words})
    return str(json_of(sent, 201)["id"])


def post_of(erin: Visitor, post_id: str) -> dict[str, object]:
    return json_of(erin.http.get(f"/api/v2/posts/{post_id}"), 200)


def picture_of(erin: Visitor) -> str:
    """The one that her studio has sent, once it is there."""

    def sent() -> str | None:
        items = json_of(erin.http.get("/api/v2/assets"), 200)["items"]
        return str(items[0]["id"]) if items else None

    return eventually(sent, seconds=60)


def test_posts_are_found_by_their_words_and_states(studio: Page, erin: Visitor) -> None:
    expect(studio.get_by_text("You have written nothing yet.")).to_be_visible()
    erin.create_post(title="Of boats", body="They come home.")
    erin.create_post(title="Of hills", body="They stay.", published=True)
    studio.reload()
    titles = studio.locator(".posts li a")
    expect(titles).to_have_count(2)
    studio.get_by_role("button", name="Draft").click()
    expect(titles).to_have_text(["Of boats"])
    studio.get_by_role("button", name="All").click()
    studio.get_by_label("Search your posts").fill("stay")
    expect(titles).to_have_text(["Of hills"])
    studio.get_by_role("button", name="Draft").click()
    expect(studio.get_by_text("No post of yours fits.")).to_be_visible()


def test_a_state_is_asked_of_the_server_page_by_page(studio: Page) -> None:
    """A draft may lie behind many that are published, which are not read for it."""
    posts: list[dict[str, Any]] = [
        {"id": f"00000000-0000-7000-8000-{number:012}", "title": f"Post {number}", "status": "draft"}
        | {"updated_at": "2026-01-01T00:00:00Z", "scheduled_for": None, "waiting_for": [], "tags": []}
        for number in range(2)
    ]
    asked: list[str] = []

    def page_of(route: Route) -> None:
        asked.append(route.request.url)
        number = int((re.search(r"cursor=(\d)", route.request.url) or ["", "0"])[1])
        answer = {"items": posts[number : number + 1], "next_cursor": str(number + 1) if number < 1 else None}
        route.fulfill(content_type="application/json", body=json.dumps(answer))

    studio.route("**/api/v2/posts?mine=true*", page_of)
    studio.reload()
    titles = studio.locator(".posts li a")
    expect(titles).to_have_text(["Post 0"])
    asked.clear()
    studio.get_by_role("button", name="Draft").click()
    expect(titles).to_have_text(["Post 0"])
    studio.get_by_role("button", name="More").click()
    expect(titles).to_have_text(["Post 0", "Post 1"])
    assert ["status=draft" in url for url in asked] == [True, True]


def test_a_post_is_planned_and_taken_back(studio: Page, erin: Visitor) -> None:
    begin(studio, "Tomorrow", "words")
    studio.get_by_label("Tags").fill("sea, harbour")
    post_id = save(studio)
    studio.get_by_role("button", name="Schedule").click()
    studio.get_by_label("When (your time)").fill("2031-05-06T07:08")
    studio.get_by_role("dialog").get_by_role("button", name="Schedule").click()
    expect(studio.locator("h1 .state")).to_have_text("Scheduled")
    planned = post_of(erin, post_id)
    assert (planned["status"], planned["tags"]) == ("scheduled", ["sea", "harbour"])
    studio.get_by_role("button", name="Take back to draft").click()
    expect(studio.locator("h1 .state")).to_have_text("Draft")


def test_a_time_that_has_passed_is_said_at_its_field(studio: Page, erin: Visitor) -> None:
    begin(studio, "Yesterday", "words")
    studio.get_by_role("button", name="Schedule").click()
    question = studio.get_by_role("dialog")
    moment = question.get_by_label("When (your time)")
    assert moment.get_attribute("min")
    moment.fill("2020-05-06T07:08")
    question.get_by_role("button", name="Schedule").click()
    expect(moment).to_have_attribute("aria-invalid", "true")
    expect(question.get_by_text("This moment has passed")).to_be_visible()
    expect(moment).to_be_focused()
    moment.fill("2031-05-06T07:08")
    question.get_by_role("button", name="Schedule").click()
    expect(studio.locator("h1 .state")).to_have_text("Scheduled")


def test_what_is_told_is_seen_above_all_else_and_not_on_the_next_page(studio: Page) -> None:
    begin(studio, "Told", "words")
    save(studio)
    studio.get_by_role("button", name="Archive").click()
    told = studio.get_by_role("status").filter(has_text="Archived")
    assert told.evaluate(ON_TOP)
    studio.get_by_role("link", name="Account").click()
    expect(studio.get_by_role("heading", name="Account")).to_be_visible()
    expect(studio.locator("#said")).to_have_text("")
    studio.go_back()
    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    studio.get_by_role("button", name="Preview link").click()
    studio.get_by_role("button", name="Copy").click()
    assert studio.get_by_role("status").filter(has_text="Copied").evaluate(ON_TOP)


def test_a_refused_step_says_so_beside_the_button_that_was_pressed(studio: Page) -> None:
    begin(studio, "Refused", "words")
    post_id = save(studio)
    busy = {"status": 503, "code": "overloaded"}
    studio.route(
        f"**/posts/{post_id}", lambda route: route.fulfill(status=503, headers={"Retry-After": "9"}, json=busy)
    )
    studio.get_by_role("button", name="Delete").click()
    studio.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(studio.get_by_role("alert").filter(has_text="The server is busy")).to_be_in_viewport()


def test_nothing_that_has_the_focus_is_behind_the_buttons(studio: Page) -> None:
    studio.set_viewport_size({"width": 390, "height": 600})
    begin(studio, "Covered", "words")
    save(studio)
    studio.get_by_role("button", name="More", exact=True).click()
    studio.evaluate("scrollTo(0, 0)")
    bar = studio.locator(".bar")
    for label in ("Tags", "Summary", "Address", "Readers may comment"):
        control = studio.get_by_label(label)
        control.focus()
        box, above = control.bounding_box(), bar.bounding_box()
        assert box is not None
        assert above is not None
        assert box["y"] + box["height"] <= above["y"], label
    studio.evaluate("scrollTo(0, 0)")
    studio.get_by_role("button", name="Save", exact=True).focus()
    assert studio.evaluate("scrollY") == 0


def test_all_steps_are_within_a_phone(studio: Page, axe: str) -> None:
    studio.set_viewport_size({"width": 360, "height": 740})
    studio.get_by_role("link", name="New post").click()
    studio.get_by_role("button", name="More", exact=True).click()
    expect(studio.get_by_role("button", name="Schedule")).to_be_visible()
    expect(studio.get_by_role("button", name="Archive")).to_have_count(0)
    studio.get_by_label("Title").fill("Small")
    studio.get_by_label("Text").fill("words")
    save(studio)
    expect(studio.get_by_role("button", name="Delete")).to_be_hidden()
    studio.get_by_role("button", name="More", exact=True).click()
    for name in ("Archive", "History", "Preview link", "Delete"):
        expect(studio.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    assert barriers_of(studio, axe) == []


def test_where_one_is_is_marked_from_the_start(studio: Page) -> None:
    here = studio.locator("nav [aria-current=page]")
    expect(here).to_have_text(["Posts"])
    studio.get_by_role("link", name="New post").click()
    expect(here).to_have_text(["Posts"])
    studio.get_by_role("link", name="Pictures").click()
    expect(here).to_have_text(["Pictures"])


def test_a_preview_link_shows_a_draft_to_who_has_it(
    studio: Page, stranger: Visitor, browser: Browser, axe: str
) -> None:
    begin(studio, "In confidence", "not for all")
    save(studio)
    studio.get_by_role("button", name="Preview link").click()
    address = studio.get_by_role("dialog").get_by_role("textbox").input_value()
    assert json_of(stranger.http.get(address), 200)["body"] == "not for all"
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        reader = context.new_page()
        said = complaints(reader)
        reader.goto(address)
        expect(reader.get_by_role("heading", name="In confidence")).to_be_visible()
        expect(reader.get_by_text("Preview", exact=True)).to_be_visible()
        assert barriers_of(reader, axe) == []
        assert reader.evaluate("document.documentElement.scrollWidth") <= 390
        assert said == []
        reader.goto(f"{address}x")
        expect(reader.get_by_role("heading", name="This preview has ended")).to_be_visible()


def test_comments_are_answered_and_removed(studio: Page, erin: Visitor, alice: Visitor) -> None:
    begin(studio, "Discussed", "words")
    post_id = save(studio)
    studio.get_by_role("button", name="Publish").click()
    expect(studio.locator("h1 .state")).to_have_text("Published")
    say_of(alice, post_id, "How rude of you")
    studio.get_by_role("button", name="Comments").click()
    comment = studio.get_by_role("listitem").filter(has_text="How rude of you")
    comment.get_by_role("button", name="Reply").click()
    studio.get_by_label("Reply").fill("I am sorry")
    studio.get_by_role("button", name="Send").click()
    expect(studio.get_by_text("I am sorry")).to_be_visible()
    comment.get_by_role("button", name="Remove").first.click()
    expect(comment.get_by_text("Comment removed")).to_be_visible()
    said = json_of(alice.http.get(f"/api/v2/posts/{post_id}/comments"), 200)["items"]
    assert "How rude of you" not in json.dumps(said)


def test_a_reported_comment_is_decided_about(studio: Page, erin: Visitor, alice: Visitor, bob: Visitor) -> None:
    begin(studio, "Disputed", "words")
    post_id = save(studio)
    studio.get_by_role("button", name="Publish").click()
    expect(studio.locator("h1 .state")).to_have_text("Published")
    comment_id = say_of(alice, post_id, "Buy my boat")
    report = {"reason": "an advertisement"}
    assert bob.http.post(f"/api/v2/comments/{comment_id}/report", json=report).status_code == 202
    studio.get_by_role("button", name="Comments").click()
    comment = studio.get_by_role("listitem").filter(has_text="Buy my boat")
    expect(comment.get_by_text("an advertisement")).to_be_visible()
    comment.get_by_role("button", name="Remove").click()
    expect(comment.get_by_text("Comment removed")).to_be_visible()
    assert json_of(bob.http.get(f"/api/v2/posts/{post_id}/comments"), 200)["items"] == []
    comment.get_by_role("button", name="Approve").click()
    expect(comment.get_by_text("an advertisement")).to_have_count(0)
    assert json_of(bob.http.get(f"/api/v2/posts/{post_id}/comments"), 200)["items"][0]["body"] == "Buy my boat"


def reported(author: Visitor, reader: Visitor, post_id: str, words: str) -> str:
    """The id of a comment by the first that the second has complained about."""
    comment_id = say_of(author, post_id, words)
    assert reader.http.post(f"/api/v2/comments/{comment_id}/report", json={"reason": "rude"}).status_code == 202
    return comment_id


def test_what_waits_under_all_posts_is_in_one_place(
    studio: Page, erin: Visitor, alice: Visitor, bob: Visitor, axe: str
) -> None:
    for title in ("Of ebb", "Of flood"):
        reported(alice, bob, str(erin.create_post(title=title, published=True)["id"]), f"Nonsense {title}")
    studio.get_by_role("link", name="Comments").click()
    comments = studio.get_by_role("listitem").filter(has_text="Nonsense")
    expect(comments.get_by_role("link")).to_have_text(["Of ebb", "Of flood"])
    assert barriers_of(studio, axe) == []
    comments.filter(has_text="Of ebb").get_by_role("button", name="Approve").click()
    expect(comments.get_by_role("link")).to_have_text(["Of flood"])
    expect(studio.get_by_role("heading", name="Comments")).to_be_focused()
    comments.get_by_role("button", name="Remove").click()
    expect(studio.get_by_text("No comment waits for a decision.")).to_be_visible()


def test_moderators_decide_about_comments_on_posts_of_others(
    page: Page, own_platform: Platform, erin: Visitor, alice: Visitor, bob: Visitor
) -> None:
    post = alice.create_post(title="Of tides", published=True)
    comment_id = reported(bob, alice, str(post["id"]), "Nonsense of tides")
    own_platform.shell("auth", MODERATOR.format(username=erin.username))
    page.goto(f"{own_platform.base_url}/studio")
    log_in(page, erin)
    page.get_by_role("link", name="Comments").click()
    comment = page.get_by_role("listitem").filter(has_text="Nonsense of tides")
    expect(comment.get_by_role("link", name="Of tides")).to_have_attribute("href", f"/posts/{post['slug']}")
    comment.get_by_role("button", name="Remove").click()
    expect(comment).to_have_count(0)
    assert comment_id not in alice.http.get(f"/api/v2/posts/{post['id']}/comments").text


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_comes_by_hand_and_says_where_it_is_used(studio: Page, erin: Visitor, kind: str) -> None:
    begin(studio, "Boats", "words")
    sent = base64.b64encode(photograph(800, 600, seed=f"{kind} {erin.username}")).decode()
    studio.evaluate(DROPPED, [sent, kind])
    expect(studio.get_by_role("status").filter(has_text="added below the text")).to_be_visible()
    expect(studio.locator(".frame img")).to_be_visible()
    expect(studio.locator(".of-post")).to_be_in_viewport()
    expect(studio.get_by_text("Say what it shows")).to_be_visible()
    studio.get_by_label("What the picture shows").fill("Boats")
    picture = picture_of(erin)
    save(studio)
    eventually(lambda: json_of(erin.http.get(f"/api/v2/assets/{picture}/usage"), 200)["used_by"], seconds=60)
    studio.get_by_role("link", name="Pictures").click()
    studio.get_by_role("button", name="Where is it used?").click()
    studio.get_by_role("listitem").get_by_role("link", name="Boats").click()
    expect(studio.get_by_label("Title")).to_have_value("Boats")


def test_a_picture_is_seen_before_the_server_has_drawn_it(studio: Page, erin: Visitor, tmp_path: Path) -> None:
    (tmp_path / "pier.jpg").write_bytes(photograph(800, 600, seed=f"early {erin.username}"))
    begin(studio, "Pier", "words")
    studio.route("**/api/v2/uploads", lambda route: None)  # no answer, while this lasts
    studio.locator("input[type=file]").set_input_files(tmp_path / "pier.jpg")
    expect(studio.locator(".frame.coming img")).to_be_visible()
    assert studio.locator(".frame img").evaluate("async (image) => { await image.decode(); return image.naturalWidth }")


def interrupt(studio: Page, picture: Path, *, seed: str) -> None:
    """Send a picture of a saved post while there is no network, and leave it so."""
    picture.write_bytes(photograph(800, 600, seed=seed))
    begin(studio, "Pier", "words")
    save(studio)
    studio.context.set_offline(True)
    studio.locator("input[type=file]").set_input_files(picture)
    expect(studio.get_by_text("Interrupted at 0 %")).to_be_visible()


def test_an_upload_goes_on_by_itself_when_the_network_is_back(studio: Page, erin: Visitor, tmp_path: Path) -> None:
    interrupt(studio, tmp_path / "pier.jpg", seed=f"offline {erin.username}")
    studio.context.set_offline(False)
    expect(studio.get_by_text("Say what it shows")).to_be_visible()
    assert len(json_of(erin.http.get("/api/v2/assets"), 200)["items"]) == 1


def test_who_logs_out_without_a_network_stays_out(studio: Page, erin: Visitor, tmp_path: Path) -> None:
    """The cookie lives, and a picture waits for the network."""
    interrupt(studio, tmp_path / "pier.jpg", seed=f"left {erin.username}")
    studio.get_by_role("button", name="Log out").click()
    expect(studio.get_by_text("the server could not be told")).to_be_visible()
    asked: list[str] = []
    studio.on("request", lambda request: asked.append(request.url.partition("/api/v2")[2]))
    studio.context.set_offline(False)
    log_in(studio, erin)
    expect(studio.get_by_label("Title")).to_have_value("Pier")
    assert asked[:2] == ["/sessions/current", "/sessions"]
    assert json_of(erin.http.get("/api/v2/assets"), 200)["items"] == []


def test_nothing_more_is_asked_about_a_text_whose_author_has_left(studio: Page) -> None:
    begin(studio, "Pier", "words")
    is_previewed(studio, "words")
    studio.evaluate(HELD)
    studio.get_by_label("Text").fill("more words")
    save(studio)
    asked: list[str] = []
    studio.on("request", lambda request: asked.append(request.url.partition("/api")[2]))
    studio.get_by_role("button", name="Log out").click()
    expect(studio.get_by_label("Password")).to_be_visible()
    assert studio.evaluate("window.later.map((run) => run()).length")
    studio.evaluate("fetch('/api/versions')")  # after what they asked for
    eventually(lambda: "/versions" in asked)
    assert asked == ["/v2/sessions/current", "/versions"]


def test_summary_that_was_changed_elsewhere_is_a_conflict(studio: Page, erin: Visitor) -> None:
    begin(studio, "At sea", "words")
    path = f"/api/v2/posts/{save(studio)}"
    tag = erin.http.get(path).headers["ETag"]
    json_of(erin.http.patch(path, json={"summary": "theirs"}, headers={"If-Match": tag}), 200)
    studio.get_by_label("Summary").fill("mine")
    studio.keyboard.press("Control+s")
    question = studio.get_by_role("dialog", name="Somebody else changed this post")
    expect(question).to_contain_text("theirs")
    question.get_by_role("button", name="Keep mine").click()
    expect(studio.get_by_text(SAVED)).to_be_visible()
    assert json_of(erin.http.get(path), 200)["summary"] == "mine"


def test_an_upload_that_the_server_has_thrown_away_begins_anew(studio: Page, erin: Visitor, tmp_path: Path) -> None:
    (tmp_path / "pier.jpg").write_bytes(photograph(800, 600, seed=f"late {erin.username}"))
    begin(studio, "Pier", "words")
    studio.route("**/api/v2/uploads/*", lambda route: route.abort())
    studio.locator("input[type=file]").set_input_files(tmp_path / "pier.jpg")
    expect(studio.get_by_text("Interrupted at")).to_be_visible()
    studio.unroute("**/api/v2/uploads/*")
    gone = {"status": 404, "code": "not_found"}
    studio.route("**/api/v2/uploads/*", lambda route: route.fulfill(status=404, json=gone), times=1)
    studio.get_by_role("button", name="Go on").click()
    expect(studio.get_by_text("Say what it shows")).to_be_visible()


def test_a_save_whose_answer_was_lost_is_no_conflict(studio: Page, erin: Visitor) -> None:
    begin(studio, "At sea", "on land")
    post_id = save(studio)

    def lost(route: Route) -> None:
        route.fetch()
        route.abort()

    studio.route(f"**/api/v2/posts/{post_id}", lost)
    studio.get_by_label("Text").fill("at sea")
    studio.keyboard.press("Control+s")
    expect(studio.get_by_text("No connection.")).to_be_visible()
    studio.unroute(f"**/api/v2/posts/{post_id}")
    studio.get_by_label("Text").fill("at sea, and on")
    studio.keyboard.press("Control+s")
    expect(studio.get_by_text(SAVED)).to_be_visible()
    assert post_of(erin, post_id)["body"] == "at sea, and on"


def test_a_log_out_that_the_server_did_not_hear_of_is_finished_later(studio: Page, erin: Visitor) -> None:
    studio.route("**/api/v2/sessions/current", lambda route: route.abort())
    studio.get_by_role("button", name="Log out").click()
    expect(studio.get_by_text("the server could not be told")).to_be_visible()
    studio.unroute("**/api/v2/sessions/current")
    studio.reload()
    expect(studio.get_by_label("Password")).to_be_visible()
    assert len(json_of(erin.http.get("/api/v1/auth/sessions"), 200)["results"]) == 1  # the test's own


def test_nothing_that_opens_the_account_is_kept_where_scripts_read(studio: Page) -> None:
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    found = studio.evaluate(kept)
    assert not re.search(r"eyJ|bsr_|refresh", found)
    assert studio.evaluate(KEPT) == 0


def test_a_second_factor_is_asked_for(page: Page, erin: Visitor, base_url: str) -> None:
    page.goto(f"{base_url}/studio")
    recovery_code = second_factor_of(erin)
    log_in(page, erin)
    expect(page.get_by_text("This account asks for a code as well.")).to_be_visible()
    code = page.get_by_label("Code of your authenticator")
    expect(code).to_be_focused()
    code.fill(recovery_code)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Posts")).to_be_visible()


def second_factor_of(erin: Visitor) -> str:
    """Set one up; returns a recovery code, as a code of the app is good once."""
    secret = json_of(erin.http.post("/api/v2/me/totp"), 201)["secret"]
    confirmed = json_of(erin.http.post("/api/v2/me/totp/confirm", json={"code": pyotp.TOTP(secret).now()}), 200)
    return str(confirmed["recovery_codes"][0])


def test_log_ins_and_tokens_are_seen_and_ended(studio: Page, erin: Visitor) -> None:
    studio.get_by_role("link", name="Account").click()
    expect(studio.get_by_text("this browser")).to_be_visible()
    expect(studio.get_by_text(re.compile(r"^Chrome, Linux"))).to_be_visible()
    studio.get_by_role("button", name="End", exact=True).click()
    expect(studio.get_by_role("button", name="End", exact=True)).to_have_count(0)
    eventually(lambda: erin.http.get("/api/v2/me").status_code == 401)
    erin.log_in()
    studio.reload()
    studio.get_by_role("button", name="End all others").click()
    expect(studio.get_by_role("button", name="End", exact=True)).to_have_count(0)
    eventually(lambda: erin.http.get("/api/v2/me").status_code == 401)
    studio.get_by_label("What is it for?").fill("nightly import")
    studio.get_by_role("button", name="Make a token").click()
    token = studio.get_by_role("dialog").locator("code").inner_text()
    studio.get_by_role("dialog").get_by_role("button", name="Close").click()
    with erin.program(token) as program:
        assert program.http.get("/api/v1/posts?mine=true").status_code == 200
        studio.get_by_role("listitem").filter(has_text="nightly import").get_by_role("button", name="Delete").click()
        expect(studio.get_by_text("nightly import")).to_have_count(0)
        eventually(lambda: program.http.get("/api/v1/posts?mine=true").status_code == 401)


def test_questions_and_panels_have_no_barriers(studio: Page, erin: Visitor, axe: str) -> None:
    begin(studio, "Looked at", "the first words")
    post_id = save(studio)
    studio.get_by_role("button", name="Publish").click()
    expect(studio.locator("h1 .state")).to_have_text("Published")
    say_of(erin, post_id, "Of myself")
    barriers = {"a post": barriers_of(studio, axe)}
    for panel in ("History", "Comments"):
        studio.get_by_role("button", name=panel).click()
        expect(studio.get_by_role("heading", name=panel)).to_be_visible()
        expect(studio.locator(".panel li").first).to_be_visible()
        barriers[panel] = barriers_of(studio, axe)
    studio.get_by_role("button", name="Take back to draft").click()
    for question in ("Schedule", "Preview link", "Delete"):
        studio.get_by_role("button", name=question).click()
        expect(studio.get_by_role("dialog")).to_be_visible()
        barriers[question] = barriers_of(studio, axe)
        studio.keyboard.press("Escape")
        expect(studio.get_by_role("dialog")).to_have_count(0)
    assert {place: said for place, said in barriers.items() if said} == {}
