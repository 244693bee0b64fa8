"""From the server to a folder: every post of one's own as a file, its pictures beside it.

Files are named by what the server says, which is not believed: nothing is written outside of the folder.
"""

import mimetypes
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from broadsheet_cli.api import Api, Json
from broadsheet_cli.documents import Document, digest_of, read_document, written
from broadsheet_cli.errors import Conflict, Failure, Misplaced, Unreachable
from broadsheet_cli.pushing import Outcome
from broadsheet_cli.state import KnownPicture, State, came_to_it_by_itself, known_post

PICTURES = "pictures"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Pull:
    """``force`` writes over files that were changed and not pushed."""

    def __init__(self, api: Api, folder: Path, *, force: bool) -> None:
        self._api = api
        self._folder = folder
        self._state = State(folder, api.server)
        self._force = force

    def run(self) -> Iterator[Outcome]:
        for listed in self._api.items("/posts", mine="true", limit=100, fields="slug,status"):
            known = self._state.post_of_id(listed["id"])
            name = known or f"{listed['slug']}.md"
            try:
                if not known and not SLUG.fullmatch(listed["slug"]):
                    raise Misplaced(f"The server names a post {listed['slug']!r}, which can be no file's name.")
                yield self._one(name, listed["id"])
            except Failure as error:
                yield Outcome(name, "failed", listed["id"], error)

    def _one(self, name: str, post_id: str) -> Outcome:
        path, known, before = self._place(name), self._state.post(name), None
        answer = self._api.request("GET", f"/posts/{post_id}")
        etag, post = answer.headers["ETag"], answer.json()
        if known and path.exists():
            before = read_document(path, self._folder)
            typed = before.digest != known["digest"]
            if known["etag"] == etag:
                return Outcome(name, "same", post_id)
            if typed and came_to_it_by_itself(known, post):
                return Outcome(name, "same", post_id)
            if typed and not self._force:
                raise Conflict(f"{name} was changed here and on the server: push --force, or pull --force.")
        elif path.exists() and not self._force:
            raise Conflict(f"{name} is here and was never pushed: move it, or pull --force.")
        path.parent.mkdir(parents=True, exist_ok=True)
        summary = {"summary": post["summary"]} if before and "summary" in before.fields else {}  # else the text's own
        text = written(_front(post) | summary, self._body(post, path.parent, before))
        path.write_text(text, encoding="utf-8")
        digest = read_document(path, self._folder).digest
        self._state.keep_post(name, known_post(post, etag, digest=digest))
        return Outcome(name, "changed" if known else "created", post_id)

    def _place(self, name: str) -> Path:
        """Where a file of this name lies; raises Misplaced where that is outside, by way of a link as well."""
        path = self._folder / name
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise Misplaced(f"{name} lies outside of {self._folder}.")
        return path

    def _body(self, post: Json, beside: Path, before: Document | None) -> str:
        """The text, in which pictures of the post are files: whatever size or revision of them it names."""
        body: str = post["body"]
        files = self._own_files(before) if before else {}
        for media_id in map(_picture_id, post["images"]):
            for url in set(re.findall(rf"[^\s()<>\"]+/m/{media_id}/[^\s()<>\"]+", body)):
                file = files.get(_without_size(url)) or self._picture(media_id, url)
                body = body.replace(url, os.path.relpath(file.resolve(), beside.resolve()))
        return body

    def _own_files(self, before: Document) -> dict[str, Path]:
        """The files that the text showed before, by the addresses that their pictures still have."""
        known = {shown.file: self._state.picture(shown.digest) for shown in before.pictures.values()}
        return {_without_size(picture["url"]): file for file, picture in known.items() if picture}

    def _picture(self, media_id: str, url: str) -> Path:
        """The stored picture, and that the folder knows it for what the text names by ``url``."""
        asset = self._api.get(f"/assets/{media_id}")
        file = self._place(f"{PICTURES}/{media_id}{mimetypes.guess_extension(asset['mime']) or ''}")
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._download(asset["urls"]["original"], file)
        self._state.keep_picture(digest_of(file), KnownPicture(id=media_id, url=url))
        return file

    def _download(self, url: str, file: Path) -> None:
        """Whole or not at all."""
        new = file.with_suffix(".new")
        try:
            with httpx.stream("GET", url, follow_redirects=True, timeout=60) as answer, new.open("wb") as opened:
                answer.raise_for_status()
                for piece in answer.iter_bytes():
                    opened.write(piece)
        except httpx.HTTPError as error:
            raise Unreachable(f"{url}: {error}") from error
        new.replace(file)


def _picture_id(image: Json) -> str:
    """Raises Misplaced: the id is part of a file's name."""
    try:
        return str(UUID(image["media_id"]))
    except ValueError as error:
        raise Misplaced(f"The server names a picture {image['media_id']!r}, which is no id.") from error


def _without_size(url: str) -> str:
    """What all sizes of one revision of a picture have."""
    return url.rpartition("/")[0]


def _front(post: Json) -> dict[str, Any]:
    fields = {"title": post["title"], "slug": post["slug"], "tags": post["tags"], "status": post["status"]}
    if post["scheduled_for"]:
        fields["at"] = datetime.fromisoformat(post["scheduled_for"])
    if not post["comments_open"]:
        fields["comments_open"] = False
    return fields
