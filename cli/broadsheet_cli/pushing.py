"""From a folder to the server: only what changed, several at a time, and nothing twice after a kill.

The pictures of a post go at the same time, and beside those of others: over a long line it is waiting that takes time.
"""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from broadsheet_cli.api import Api, Json
from broadsheet_cli.documents import Document, Picture, documents_in, read_document
from broadsheet_cli.errors import Conflict, Failure, Refused
from broadsheet_cli.state import BegunPost, KnownPicture, KnownPost, State, came_to_it_by_itself, known_post
from broadsheet_cli.uploads import Progress, Upload

PICTURES_AT_A_TIME = 8  # while some are on the line, the server has others to decode; more would only wait there
POSTS_MORE = 4
"""Posts at a time beyond the pictures, so that while some are written the pictures of others go."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``done`` is `created`, `changed`, `same` or `failed`, for ``why``; ``status`` is what the post was brought to.

    ``not_taken`` are the pictures that its HTML names, which stay where they are.
    """

    name: str
    done: str
    post: str | None = None
    why: Failure | None = None
    status: str | None = None
    not_taken: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        beside = {"status": self.status, "why": self.why and self.why.told(), "not_taken": self.not_taken}
        return {"file": self.name, "done": self.done, "post": self.post} | {k: v for k, v in beside.items() if v}


class Planned(NamedTuple):
    """A file's name, what it says or why it cannot be read, and what there is to do: `failed` for the latter."""

    name: str
    found: Document | Failure
    todo: str


class Push:
    """A push of one folder; ``at_a_time`` pictures are on their way together."""

    def __init__(self, api: Api, folder: Path, *, force: bool, at_a_time: int = PICTURES_AT_A_TIME) -> None:
        self._api = api
        self._folder = folder
        self._state = State(folder, api.server)
        self._force = force
        self._pictures: dict[str, threading.Lock] = {}
        self._senders = ThreadPoolExecutor(at_a_time)
        self._writers = ThreadPoolExecutor(at_a_time + POSTS_MORE)
        self._guard = threading.Lock()
        self._over: Failure | None = None

    def plan(self) -> Iterator[Planned]:
        """What there is to do; every picture is read for it, once."""
        for path in documents_in(self._folder):
            name = str(path.relative_to(self._folder))
            try:
                document = read_document(path, self._folder)
            except Failure as error:
                yield Planned(name, error, "failed")
                continue
            known = self._state.post(name)
            same = known and known["digest"] == document.digest
            yield Planned(name, document, "same" if same else "changed" if known else "created")

    def run(self, plan: Iterable[Planned], advance: Progress) -> Iterator[Outcome]:
        """Each file's outcome, as it comes; ``advance`` is told the bytes of pictures that have arrived."""
        with self._senders, self._writers:
            waiting = []
            for name, document, todo in plan:
                if isinstance(document, Failure):
                    yield Outcome(name, "failed", why=document)
                elif todo == "same":
                    yield Outcome(name, "same", (known := self._state.post(name)) and known["id"])
                else:
                    waiting.append(self._writers.submit(self._one, name, document, todo, advance))
            if not waiting:
                self._ask()
            for future in as_completed(waiting):
                yield future.result()

    def _ask(self) -> None:
        """Where nothing is to be sent nobody would learn that they are logged out, or the server is away."""
        self._api.get("/posts", mine="true", limit=1, fields="slug")

    def _one(self, name: str, document: Document, todo: str, advance: Progress) -> Outcome:
        """What becomes of a file; none is tried any more once something has failed that would fail for all."""
        if self._over:
            return Outcome(name, "failed", why=self._over)
        try:
            send = partial(self._picture, advance=advance)
            sent = {named: self._senders.submit(send, shown) for named, shown in document.pictures.items()}
            pictures = {named: picture.result() for named, picture in sent.items()}
            post_id, status = self._post(name, document, pictures)
        except Failure as error:
            if error.ends_all:
                with self._guard:  # several meet it at once, each with words of its own: one is told
                    self._over = error = self._over or error
            return Outcome(name, "failed", (known := self._state.post(name)) and known["id"], error)
        return Outcome(name, todo, post_id, status=status, not_taken=document.not_taken)

    def _picture(self, shown: Picture, advance: Progress) -> KnownPicture:
        """Sends it, unless the server has these bytes already."""
        with self._guard:
            alone = self._pictures.setdefault(shown.digest, threading.Lock())
        with alone:
            if self._over:
                raise self._over
            if known := self._state.picture(shown.digest):
                advance(shown.file.stat().st_size)
                return known
            once = self._state.key(f"{shown.digest} {shown.file.name} {shown.alt}")
            begun = partial(self._state.keep_upload, shown.digest)
            resume = self._state.upload(shown.digest)
            try:
                known = Upload(self._api, shown.file, shown.alt, once, begun, advance).run(resume)
            except Refused as error:
                raise error if error.ends_all else error.of(shown.file.name) from None
            self._state.keep_picture(shown.digest, known)
            return known

    def _post(self, name: str, document: Document, pictures: dict[str, KnownPicture]) -> tuple[str, str | None]:
        """Send a post; gives its id, and the state that it was brought to."""
        known = self._state.post(name)
        sent = _fields(document, pictures)
        answer = self._changed(known, sent) if known else self._made(name, document.digest, sent)
        post: Json = answer.json()
        asked = document.status or (known["status"] if known and post.get("waiting_for") else post["status"])
        steps = _steps(document, post)
        for step in steps:
            self._keep(name, answer, digest="", status=asked)  # not all is done yet
            try:
                answer = self._api.request("POST", f"/posts/{post['id']}/transitions", json=step)
            except Refused as error:
                raise error if error.ends_all else error.of("Its words were sent, but not its state") from None
        self._keep(name, answer, digest=document.digest, status=asked)
        return str(post["id"]), asked if steps else None

    def _made(self, name: str, digest: str, sent: Json) -> httpx.Response:
        """Make a post; one that an earlier run sent, and was not answered, is sent as it was before it is changed."""
        new: BegunPost = {"key": self._state.key(f"{name} {digest}"), "body": sent}
        begun = self._state.begun(name) or new
        is_all = begun["body"] == sent
        try:
            answer = self._make(name, begun)
        except Refused as error:
            if is_all or not error.made_nothing:
                raise
            return self._make(name, new)
        if is_all:
            return answer
        first = known_post(answer.json(), answer.headers["ETag"], digest="")
        self._state.keep_post(name, first)
        return self._changed(first, sent)

    def _make(self, name: str, begun: BegunPost) -> httpx.Response:
        self._state.keep_begun(name, begun)  # before it goes: whoever is killed now looks there
        try:
            return self._api.request("POST", "/posts", json=begun["body"], headers={"Idempotency-Key": begun["key"]})
        except Refused as error:
            if error.made_nothing:
                self._state.forget_begun(name)
            raise

    def _keep(self, name: str, answer: httpx.Response, *, digest: str, status: str) -> None:
        self._state.keep_post(name, known_post(answer.json(), answer.headers["ETag"], digest=digest, status=status))

    def _changed(self, known: KnownPost, sent: Json) -> httpx.Response:
        """Keeps what a file cannot say: captions, and pictures that were added elsewhere and are not in the text."""
        answer = self._api.request("GET", f"/posts/{known['id']}")
        there: Json = answer.json()
        takes_over = self._force or came_to_it_by_itself(known, there)
        etag = answer.headers["ETag"] if takes_over else known["etag"]
        captions = {image["media_id"]: image["caption"] for image in there["images"]}
        shown = [{**image, "caption": captions.get(image["media_id"], "")} for image in sent["images"]]
        of_others = [
            {key: image[key] for key in ("media_id", "alt", "caption")}
            for image in there["images"]
            if not self._state.has_picture(image["media_id"])
        ]
        changes = {**sent, "images": of_others + shown}
        try:
            return self._api.request("PATCH", f"/posts/{known['id']}", json=changes, headers={"If-Match": etag})
        except Conflict:
            answer = self._api.request("GET", f"/posts/{known['id']}")
            if not _says(answer.json(), changes):
                raise
            return answer  # it was changed by this, and the answer was lost


def _says(post: Json, changes: Json) -> bool:
    images = [{key: image[key] for key in ("media_id", "alt", "caption")} for image in post["images"]]
    return all((images if key == "images" else post.get(key)) == value for key, value in changes.items())


def _steps(document: Document, post: Json) -> list[Json]:
    """What brings a post to the state that its file says."""
    if document.status is None:
        return []
    at = document.fields.get("at")
    went_out = at and post["status"] == "published" and at <= datetime.now(UTC)
    if went_out or (document.status == post["status"] and not at):
        return []
    step = {"to": document.status} | ({"at": at.isoformat()} if at else {})
    return [{"to": "draft"}, step] if post["status"] == "scheduled" == document.status else [step]


def _fields(document: Document, pictures: dict[str, KnownPicture]) -> Json:
    fields = {key: value for key, value in document.fields.items() if key not in {"status", "at"}}
    urls = {named: picture["url"] for named, picture in pictures.items()}
    images = {picture["id"]: document.pictures[named].alt for named, picture in pictures.items()}
    shown = [{"media_id": media_id, "alt": alt, "caption": ""} for media_id, alt in images.items()]
    return {"tags": [], **fields, "body": document.body_with(urls), "images": shown}
