"""What a push takes for a change of somebody else, and what it leaves alone; the server is a small one of the test."""

import itertools
import json
import os
from pathlib import Path
from threading import Barrier, get_ident
from typing import Any
from uuid import UUID

import httpx
import pytest
from broadsheet_cli.api import Api, Json
from broadsheet_cli.credentials import Credentials
from broadsheet_cli.errors import Conflict, Misplaced, Unreachable
from broadsheet_cli.pulling import Pull
from broadsheet_cli.pushing import Outcome, Push
from broadsheet_cli.sessions import Session
from broadsheet_cli.state import State, known_post
from broadsheet_cli.uploads import PIECE_BYTES

SERVER = "https://news.example"
LARGE_BYTES = 2 * PIECE_BYTES + 1


class Shelf:
    """Has one post, with the tags and states of version 2, and takes every upload."""

    def __init__(self) -> None:
        self.post: Json = {}
        self.waits = False
        self.loses = False  # the next answer to a PATCH, once it has done it
        self.is_away = False
        self.refuses: httpx.Response | None = None  # every picture
        self.refuses_new: list[httpx.Response] = []  # the next new posts
        self.sent: list[str] = []  # the texts of new posts
        self.refuses_step: httpx.Response | None = None
        self._revisions = itertools.count(1)
        self._pictures = itertools.count(1)
        self._arrived = 0  # bytes of what goes in pieces

    @property
    def etag(self) -> str:
        return f'"{self.post["revision"]}"'

    def change(self, **fields: Any) -> None:
        """Somebody's change, or what comes about by itself."""
        self.post |= fields | {"revision": next(self._revisions)}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_away:
            raise httpx.ConnectError("No route to host", request=request)
        path = request.url.path.removeprefix("/api/v2")
        sent = json.loads(request.content or b"{}") if path.startswith("/posts") else {}
        match request.method, path:
            case "POST", "/posts":
                return self._new(sent)
            case "PATCH", "/posts/one":
                if request.headers["If-Match"] != self.etag:
                    return httpx.Response(412, json={"code": "precondition_failed"})
                self.change(**sent)
                self._lose(request)
            case "POST", "/posts/one/transitions":
                return self._step(sent)
            case "GET", "/posts":
                return httpx.Response(200, json={"items": [self.post], "next_cursor": None})
            case _ if not path.startswith("/posts"):
                return self._picture(request, path)
        return httpx.Response(200, json=self.post, headers={"ETag": self.etag})

    def _new(self, sent: Json) -> httpx.Response:
        self.sent.append(sent["body"])
        if self.refuses_new:
            return self.refuses_new.pop()
        new = {"id": "one", "slug": "harbour", "summary": "", "status": "draft", "scheduled_for": None}
        self.change(**(new | {"comments_open": True} | sent))
        return httpx.Response(200, json=self.post, headers={"ETag": self.etag})

    def _step(self, sent: Json) -> httpx.Response:
        if self.refuses_step:
            return self.refuses_step
        there = {"status": sent["to"], "scheduled_for": sent.get("at")}
        self.change(**{"waiting_for": ["picture"]} if self.waits else there)
        return httpx.Response(200, json=self.post, headers={"ETag": self.etag})

    def _picture(self, request: httpx.Request, path: str) -> httpx.Response:
        match request.method, path:
            case "POST", "/api/v1/media":
                return self.refuses or httpx.Response(201, json=_asset(str(UUID(int=next(self._pictures)))))
            case "POST", "/uploads":
                return httpx.Response(201, headers={"Location": "/api/v2/uploads/x", "Upload-Offset": "0"})
            case "PATCH", _:
                if int(request.headers["Upload-Offset"]) != self._arrived:
                    return httpx.Response(409, json={"code": "offset_conflict"})
                self._arrived = there = self._arrived + len(request.content)
                self._lose(request)
                done = {"Asset-ID": "in-pieces"} if there == LARGE_BYTES else {}
                return httpx.Response(204, headers={"Upload-Offset": str(there)} | done)
            case "HEAD", _:
                return httpx.Response(200, headers={"Upload-Offset": str(self._arrived)})
        return httpx.Response(200, json=_asset(path.removeprefix("/assets/")))

    def _lose(self, request: httpx.Request) -> None:
        if self.loses:
            self.loses = False
            raise httpx.ReadError("Connection reset by peer", request=request)


def _asset(asset_id: str) -> Json:
    return {"id": asset_id, "urls": {"large": f"{SERVER}/m/{asset_id}/1/large"}}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def api(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setenv("BROADSHEET_TOKEN", "bsp_any")
    session = Session(SERVER, Credentials(tmp_path / "config"))
    session.http = httpx.Client(base_url=f"{SERVER}/api/v2", transport=httpx.MockTransport(shelf))
    return Api(session)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "boats.jpg").write_bytes(b"any")
    write(folder, "![Boats](boats.jpg)")
    return folder


def write(folder: Path, body: str, state: str = "status: published") -> None:
    (folder / "harbour.md").write_text(f"---\ntitle: Harbour\n{state}\n---\n\n{body}\n")


def pushed(api: Api, folder: Path) -> Outcome:
    push = Push(api, folder, force=False)
    (outcome,) = push.run(push.plan(), lambda _: None)
    return outcome


def test_post_that_went_out_by_itself_is_nobodys_change(api: Api, shelf: Shelf, folder: Path) -> None:
    shelf.waits = True
    assert pushed(api, folder).done == "created"
    assert shelf.post["status"] == "draft"
    shelf.change(status="published")
    write(folder, "![Boats](boats.jpg) at dawn")
    assert pushed(api, folder).done == "changed"
    assert "at dawn" in shelf.post["body"]


def test_pull_leaves_what_was_typed_since_where_only_the_state_changed(api: Api, shelf: Shelf, folder: Path) -> None:
    shelf.waits = True
    pushed(api, folder)
    shelf.change(status="published")
    write(folder, "typed since")
    (outcome,) = Pull(api, folder, force=False).run()
    assert outcome.done == "same"
    assert "typed since" in (folder / "harbour.md").read_text()


@pytest.mark.parametrize(
    "change",
    [{"body": "their words"}, {"title": "Theirs"}, {"summary": "Theirs"}, {"tags": ["theirs"]}, {"status": "draft"}],
    ids=["body", "title", "summary", "tags", "taken back"],
)
def test_what_somebody_changed_is_a_conflict(api: Api, shelf: Shelf, folder: Path, change: Json) -> None:
    pushed(api, folder)
    shelf.change(**change)
    write(folder, "my words")
    outcome = pushed(api, folder)
    assert isinstance(outcome.why, Conflict)
    assert "my words" not in shelf.post["body"]


PLANNED = "status: scheduled\nat: 2031-05-06T07:08:00+00:00"


def test_change_whose_answer_was_lost_is_no_conflict(api: Api, shelf: Shelf, folder: Path) -> None:
    pushed(api, folder)
    for words in ("my words", "more words"):
        write(folder, words)
        shelf.loses = True
        assert pushed(api, folder).done == "changed"
        assert shelf.post["body"] == f"{words}\n"


def test_time_that_somebody_changed_is_a_conflict(api: Api, shelf: Shelf, folder: Path) -> None:
    write(folder, "words", PLANNED)
    pushed(api, folder)
    shelf.change(scheduled_for="2031-06-01T00:00:00Z")
    write(folder, "my words", PLANNED)
    assert isinstance(pushed(api, folder).why, Conflict)
    assert shelf.post["scheduled_for"] == "2031-06-01T00:00:00Z"


@pytest.mark.parametrize("waiting_for", [[], ["picture"]], ids=["published", "waits for a picture"])
def test_post_whose_time_came_is_nobodys_change(api: Api, shelf: Shelf, folder: Path, waiting_for: list[str]) -> None:
    write(folder, "words", PLANNED)
    assert pushed(api, folder).done == "created"
    shelf.change(status="draft" if waiting_for else "published", scheduled_for=None, waiting_for=waiting_for)
    write(folder, "my words")
    assert pushed(api, folder).done == "changed"
    assert shelf.post["body"] == "my words\n"


def test_draft_that_somebody_else_publishes_is_a_conflict(api: Api, shelf: Shelf, folder: Path) -> None:
    write(folder, "words", "status: draft")
    pushed(api, folder)
    shelf.change(waiting_for=["picture"])
    write(folder, "my words", "status: draft")
    assert isinstance(pushed(api, folder).why, Conflict)


def test_state_is_that_of_the_last_steps_answer(api: Api, shelf: Shelf, folder: Path) -> None:
    write(folder, "words", PLANNED)
    pushed(api, folder)
    write(folder, "my words", PLANNED)
    assert pushed(api, folder).done == "changed"
    known = State(folder, SERVER).post("harbour.md")
    assert known
    assert (known["etag"], known.get("scheduled_for")) == (shelf.etag, "2031-05-06T07:08:00+00:00")


def test_file_that_says_no_state_leaves_it(api: Api, shelf: Shelf, folder: Path) -> None:
    write(folder, "words", state="")
    assert (pushed(api, folder).status, shelf.post["status"]) == (None, "draft")
    shelf.change(status="published")
    State(folder, SERVER).keep_post("harbour.md", known_post(shelf.post, shelf.etag, digest=""))
    write(folder, "other words", state="")
    assert (pushed(api, folder).status, shelf.post["status"]) == (None, "published")
    write(folder, "other words", state="status: draft")
    assert (pushed(api, folder).status, shelf.post["status"]) == ("draft", "draft")


def test_folder_that_is_the_same_learns_that_nobody_is_there(api: Api, shelf: Shelf, folder: Path) -> None:
    pushed(api, folder)
    shelf.is_away = True
    with pytest.raises(Unreachable):
        pushed(api, folder)


def test_refused_picture_is_named(api: Api, shelf: Shelf, folder: Path) -> None:
    shelf.refuses = httpx.Response(415, json={"code": "unsupported_media_type", "detail": "Send a JPEG."})
    assert str(pushed(api, folder).why).startswith("boats.jpg: Send a JPEG. Save it as one of these")


def test_refused_state_says_that_the_words_were_sent(api: Api, shelf: Shelf, folder: Path) -> None:
    wrong = {"pointer": "/at", "code": "past", "detail": "This is not in the future."}
    shelf.refuses_step = httpx.Response(400, json={"code": "validation_failed", "errors": [wrong]})
    write(folder, "words", "status: scheduled\nat: 2020-05-06T07:08:00+00:00")
    outcome = pushed(api, folder)
    assert (outcome.done, outcome.post) == ("failed", "one")
    assert str(outcome.why) == (
        "Its words were sent, but not its state: /at: This is not in the future. Name a later time, and run it again."
    )


def test_pictures_of_html_are_told(api: Api, folder: Path) -> None:
    write(folder, '<img src="boats.jpg">')
    outcome = pushed(api, folder)
    assert (outcome.done, outcome.told()["not_taken"]) == ("created", ("boats.jpg",))


def test_pull_keeps_the_summary_and_the_pictures_of_a_file(api: Api, shelf: Shelf, folder: Path) -> None:
    write(folder, "![Boats](boats.jpg)", state="summary: Of boats")
    pushed(api, folder)
    shelf.change(title="Harbours", summary="Of all boats")
    (outcome,) = Pull(api, folder, force=False).run()
    assert outcome.done == "changed"
    text = (folder / "harbour.md").read_text()
    assert "summary: Of all boats" in text
    assert "![Boats](boats.jpg)" in text
    assert [file.name for file in folder.rglob("*.*") if file.is_file() and file.suffix == ".jpg"] == ["boats.jpg"]


@pytest.mark.parametrize("slug", ["../elsewhere/notes", "..", "a/b", ".bashrc", "Harbour", ""])
def test_pull_takes_no_slug_that_leads_elsewhere(api: Api, shelf: Shelf, folder: Path, slug: str) -> None:
    write(folder, "words")
    pushed(api, folder)
    shelf.change(slug=slug)
    (outcome,) = Pull(api, folder.parent / "new", force=True).run()
    assert isinstance(outcome.why, Misplaced)
    assert str(outcome.why) == f"The server names a post {slug!r}, which can be no file's name."
    assert [file.name for file in folder.parent.rglob("*.md")] == ["harbour.md"]


@pytest.mark.parametrize("media_id", ["../../elsewhere/boats", ".*", "("])
def test_pull_takes_no_picture_id_that_leads_elsewhere(api: Api, shelf: Shelf, folder: Path, media_id: str) -> None:
    pushed(api, folder)
    shelf.change(body=f"![Boats]({SERVER}/m/{media_id}/1/large)", images=[{"media_id": media_id}])
    (outcome,) = Pull(api, folder.parent / "new", force=True).run()
    assert isinstance(outcome.why, Misplaced)
    assert str(outcome.why) == f"The server names a picture {media_id!r}, which is no id."


def test_pull_follows_no_link_out_of_the_folder(api: Api, shelf: Shelf, folder: Path, tmp_path: Path) -> None:
    write(folder, "words")
    pushed(api, folder)
    (tmp_path / "mine.md").write_text("not of the platform")
    new = tmp_path / "new"
    new.mkdir()
    (new / "harbour.md").symlink_to(tmp_path / "mine.md")
    (outcome,) = Pull(api, new, force=True).run()
    assert isinstance(outcome.why, Misplaced)
    assert (tmp_path / "mine.md").read_text() == "not of the platform"


def test_captions_and_pictures_of_elsewhere_are_kept(api: Api, shelf: Shelf, folder: Path) -> None:
    pushed(api, folder)
    (own,) = shelf.post["images"]
    above = {"media_id": "of-the-studio", "alt": "Hills", "caption": "First"}
    shelf.change(images=[above, own | {"caption": "At dawn"}])
    write(folder, "![Boats](boats.jpg) and more")
    push = Push(api, folder, force=True)
    list(push.run(push.plan(), lambda _: None))
    assert shelf.post["images"] == [above, own | {"caption": "At dawn"}]


def test_picture_that_the_text_shows_no_more_leaves_the_post(api: Api, shelf: Shelf, folder: Path) -> None:
    pushed(api, folder)
    write(folder, "no picture")
    assert pushed(api, folder).done == "changed"
    assert shelf.post["images"] == []


def test_more_pictures_than_go_at_a_time_all_arrive(api: Api, shelf: Shelf, folder: Path) -> None:
    """They go side by side, and are more than there are senders."""
    sent: list[str] = []
    for number in range(30):
        (folder / f"{number}.jpg").write_bytes(str(number).encode())
    shown = "".join(f"![{number}]({number}.jpg)" for number in range(30))
    write(folder, shown)
    push = Push(api, folder, force=False)
    (outcome,) = push.run(push.plan(), lambda _: sent.append("bytes"))
    assert (outcome.done, len(sent), len(shelf.post["images"])) == ("created", 30, 30)


@pytest.mark.parametrize("at_a_time", [1, 3])
def test_as_many_pictures_as_are_asked_for_go_side_by_side(
    api: Api, folder: Path, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    together, under_way, most, request = Barrier(at_a_time, timeout=30), set[int](), list[int](), api.request

    def meets(method: str, path: str, **sent: Any) -> httpx.Response:
        if not path.endswith("/media"):
            return request(method, path, **sent)
        under_way.add(get_ident())
        most.append(len(under_way))
        together.wait()
        answer = request(method, path, **sent)
        under_way.remove(get_ident())
        return answer

    monkeypatch.setattr(api, "request", meets)
    for number in range(30):
        (folder / f"{number}.jpg").write_bytes(str(number).encode())
    write(folder, "".join(f"![{number}]({number}.jpg)" for number in range(30)))
    push = Push(api, folder, force=False, at_a_time=at_a_time)
    (outcome,) = push.run(push.plan(), lambda _: None)
    assert (outcome.done, max(most)) == ("created", at_a_time)


@pytest.mark.parametrize("loses", [False, True], ids=["answered", "an answer was lost"])
def test_picture_that_is_more_than_a_piece_goes_in_pieces(api: Api, shelf: Shelf, folder: Path, *, loses: bool) -> None:
    shelf.loses = loses
    (folder / "boats.jpg").write_bytes(bytes(LARGE_BYTES))
    arrived: list[int] = []
    push = Push(api, folder, force=False)
    (outcome,) = push.run(push.plan(), arrived.append)
    assert (outcome.done, arrived) == ("created", [0, PIECE_BYTES, PIECE_BYTES, 1])
    assert shelf.post["images"] == [{"media_id": "in-pieces", "alt": "Boats", "caption": ""}]
    assert f"{SERVER}/m/in-pieces/1/large" in shelf.post["body"]


def test_what_keys_are_made_of_is_forced_to_the_disk_once(
    api: Api, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda file: forced.append(Path(f"/proc/self/fd/{file}").readlink().name))
    pushed(api, folder)
    write(folder, "more words")
    pushed(api, folder)
    assert forced == ["state.new", ".broadsheet"]


SLUG_TAKEN = httpx.Response(409, json={"code": "slug_taken", "detail": "It is another's."})
BUSY = httpx.Response(504, json={"code": "upstream_timeout", "detail": "It took too long."})


def test_new_post_that_was_not_answered_is_sent_as_it_was_and_then_changed(
    api: Api, shelf: Shelf, folder: Path
) -> None:
    write(folder, "words")
    shelf.refuses_new = [BUSY]
    assert pushed(api, folder).done == "failed"
    write(folder, "other words")
    assert pushed(api, folder).done == "created"
    assert (shelf.sent, shelf.post["body"]) == (["words\n", "words\n"], "other words\n")


def test_new_post_that_was_refused_is_sent_as_it_is_now(api: Api, shelf: Shelf, folder: Path) -> None:
    write(folder, "words")
    shelf.refuses_new = [SLUG_TAKEN]
    assert pushed(api, folder).done == "failed"
    write(folder, "other words")
    assert pushed(api, folder).done == "created"
    assert shelf.sent == ["words\n", "other words\n"]


def test_new_post_that_is_refused_when_it_is_sent_again_is_sent_as_it_is_now(
    api: Api, shelf: Shelf, folder: Path
) -> None:
    write(folder, "words")
    shelf.refuses_new = [SLUG_TAKEN, BUSY]
    assert pushed(api, folder).done == "failed"
    write(folder, "other words")
    assert pushed(api, folder).done == "created"
    assert shelf.sent == ["words\n", "words\n", "other words\n"]


def test_what_several_meet_at_once_is_told_as_one(api: Api, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, numbers = Barrier(2, timeout=30), itertools.count(1)

    def breaks(*_: object, **__: object) -> httpx.Response:
        at_once.wait()
        raise Unreachable(f"Broken {next(numbers)}.")

    monkeypatch.setattr(api, "request", breaks)
    write(folder, "words")
    (folder / "quay.md").write_text("---\ntitle: Quay\n---\n\nwords\n")
    push = Push(api, folder, force=False)
    first, second = push.run(push.plan(), lambda _: None)
    assert first.why is not None
    assert first.why is second.why
