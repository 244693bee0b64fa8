"""From a folder to the server: only what changed, several at a time, and nothing twice after a kill."""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from broadsheet_cli.api import Api, Json
from broadsheet_cli.documents import Document, Picture, documents_in, read_document
from broadsheet_cli.errors import Failure
from broadsheet_cli.state import KnownPicture, State
from broadsheet_cli.uploads import Progress, Upload

AT_A_TIME = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """``done`` is `created`, `changed`, `same` or `failed`; ``why`` says the last."""

    name: str
    done: str
    post: str | None = None
    why: Failure | None = None

    def told(self) -> dict[str, Any]:
        return {"file": self.name, "done": self.done, "post": self.post} | (
            {"why": self.why.told()} if self.why else {}
        )


class Planned(NamedTuple):
    """A file's name, what it says or why it cannot be read, and what there is to do: `failed` for the latter."""

    name: str
    found: Document | Failure
    todo: str


class Push:
    """Of one folder."""

    def __init__(self, api: Api, folder: Path, *, force: bool) -> None:
        self._api = api
        self._folder = folder
        self._state = State(folder, api.server)
        self._force = force
        self._pictures: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

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
        with ThreadPoolExecutor(AT_A_TIME) as threads:
            waiting = []
            for name, document, todo in plan:
                if isinstance(document, Failure):
                    yield Outcome(name, "failed", why=document)
                elif todo == "same":
                    yield Outcome(name, "same", (known := self._state.post(name)) and known["id"])
                else:
                    waiting.append(threads.submit(self._one, name, document, todo, advance))
            for future in as_completed(waiting):
                yield future.result()

    def _one(self, name: str, document: Document, todo: str, advance: Progress) -> Outcome:
        try:
            pictures = {named: self._picture(shown, advance) for named, shown in document.pictures.items()}
            post_id = self._post(name, document, pictures)
        except Failure as error:
            return Outcome(name, "failed", why=error)
        return Outcome(name, todo, post_id)

    def _picture(self, shown: Picture, advance: Progress) -> KnownPicture:
        """Sends it, unless the server has these bytes already."""
        with self._guard:
            alone = self._pictures.setdefault(shown.digest, threading.Lock())
        with alone:
            if known := self._state.picture(shown.digest):
                advance(shown.file.stat().st_size)
                return known
            once = self._state.key(f"{shown.digest} {shown.file.name} {shown.alt}")
            begun = partial(self._state.keep_upload, shown.digest)
            resume = self._state.upload(shown.digest)
            asset = Upload(self._api, shown.file, shown.alt, once, begun, advance).run(resume)
            known = KnownPicture(id=asset, url=self._api.get(f"/assets/{asset}")["urls"]["large"])
            self._state.keep_picture(shown.digest, known)
            return known

    def _post(self, name: str, document: Document, pictures: dict[str, KnownPicture]) -> str:
        sent = _fields(document, pictures)
        known = self._state.post(name)
        if known is None:
            once = self._state.key(f"{name} {document.digest}")
            answer = self._api.request("POST", "/posts", json=sent, headers={"Idempotency-Key": once})
        else:
            etag = self._api.etag(known["id"]) if self._force else known["etag"]
            answer = self._api.request("PATCH", f"/posts/{known['id']}", json=sent, headers={"If-Match": etag})
        post: Json = answer.json()
        self._keep(name, post, answer.headers["ETag"], digest="")  # not all is done yet
        etag = self._brought_to(document, post, answer.headers["ETag"])
        self._keep(name, {**post, "status": document.status}, etag, document.digest)
        return str(post["id"])

    def _brought_to(self, document: Document, post: Json, etag: str) -> str:
        """The state that the file says; returns the post's tag then."""
        at = document.fields.get("at")
        if document.status == post["status"] and not at:
            return etag
        step = {"to": document.status} | ({"at": at.isoformat()} if at else {})
        if document.status == "scheduled" and post["status"] == "scheduled":
            self._api.post(f"/posts/{post['id']}/transitions", {"to": "draft"})
        answer = self._api.request("POST", f"/posts/{post['id']}/transitions", json=step)
        return answer.headers.get("ETag") or self._api.etag(post["id"])

    def _keep(self, name: str, post: Json, etag: str, digest: str) -> None:
        self._state.keep_post(name, {"id": post["id"], "etag": etag, "digest": digest, "status": post["status"]})


def _fields(document: Document, pictures: dict[str, KnownPicture]) -> Json:
    fields = {key: value for key, value in document.fields.items() if key not in {"status", "at"}}
    urls = {named: picture["url"] for named, picture in pictures.items()}
    images = {picture["id"]: document.pictures[named].alt for named, picture in pictures.items()}
    shown = [{"media_id": media_id, "alt": alt, "caption": ""} for media_id, alt in images.items()]
    return {"tags": [], **fields, "body": document.body_with(urls), "images": shown}
