"""What a folder knows of the server, in ``.broadsheet/state.json``: kept after each step, so a kill loses nothing.

It is forced to the disk when the id is made that all keys are made of. Later steps are not, which would take longer
than to send a post: a power cut may lose the last ones, and they are taken again by the same keys. That they lose no
more is the file system's part: ext4 and btrfs write a file before its name replaces another, XFS does not.
"""

import hashlib
import json
import os
import threading
import uuid
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from broadsheet_cli.errors import Failure

NAME = ".broadsheet/state.json"


class KnownPost(TypedDict):
    """``digest`` is of the file as it was when both sides were the same, ``words`` of what the post said then.

    ``status`` is what the file asked for: a post that waits for its pictures, or for its time, comes to it by itself.
    ``scheduled_for`` is its time, as the server says it.
    """

    id: str
    etag: str
    digest: str
    status: str
    scheduled_for: NotRequired[str | None]
    words: NotRequired[str]


class KnownPicture(TypedDict):
    id: str
    url: str


class BegunPost(TypedDict):
    """A new post as it was sent, and the key it went by: it may be there though no answer said so."""

    key: str
    body: dict[str, Any]


def known_post(post: dict[str, Any], etag: str, *, digest: str, status: str | None = None) -> KnownPost:
    """What is kept of a post of version 2 as the server has it; ``status`` where the file asks for one to come."""
    return {
        "id": post["id"],
        "etag": etag,
        "digest": digest,
        "status": status or post["status"],
        "scheduled_for": post["scheduled_for"],
        "words": _words(post),
    }


def came_to_it_by_itself(known: KnownPost, post: dict[str, Any]) -> bool:
    """Whether nobody changed the post since: it has other tags only because it was published, as it was to be."""
    is_out, waits = post["status"] == "published", bool(post.get("waiting_for"))
    goes_out = known["status"] in {"scheduled", "published"} and (is_out or waits)
    stands = not waits and (post["status"], post["scheduled_for"]) == (known["status"], known.get("scheduled_for"))
    return (goes_out or stands) and says_the_same(known, post)


def says_the_same(known: KnownPost, post: dict[str, Any]) -> bool:
    """Whether nobody wrote in the post since."""
    return _words(post) == known.get("words")


def _words(post: dict[str, Any]) -> str:
    """A digest of what its author says."""
    said = [post[name] for name in ("title", "slug", "summary", "body", "tags", "comments_open")]
    images = [[image["media_id"], image["alt"], image["caption"]] for image in post["images"]]
    return hashlib.sha256(json.dumps([said, images]).encode()).hexdigest()


class State:
    """What is known of one folder on one server; safe between threads."""

    def __init__(self, folder: Path, server: str) -> None:
        self._file = folder / NAME
        self._lock = threading.Lock()
        content = self._read()
        if content.get("server", server) != server:
            raise Failure(f"{folder} belongs to {content['server']}; push it there, or remove {self._file} first.")
        self._content: dict[str, Any] = {
            "server": server,
            "posts": {},
            "begun": {},
            "pictures": {},
            "uploads": {},
        } | content

    def key(self, sent: str) -> str:
        """An Idempotency-Key for what is sent, the same in each run until the file is removed."""
        with self._lock:
            if "id" not in self._content:
                self._content["id"] = str(uuid.uuid4())
                self._write(durably=True)
        return str(uuid.uuid5(uuid.UUID(self._content["id"]), sent))

    def post(self, name: str) -> KnownPost | None:
        known: KnownPost | None = self._content["posts"].get(name)
        return known

    def begun(self, name: str) -> BegunPost | None:
        begun: BegunPost | None = self._content["begun"].get(name)
        return begun

    def post_of_id(self, post_id: str) -> str | None:
        """The file's name."""
        return next((name for name, known in self._content["posts"].items() if known["id"] == post_id), None)

    def picture(self, digest: str) -> KnownPicture | None:
        known: KnownPicture | None = self._content["pictures"].get(digest)
        return known

    def has_picture(self, media_id: str) -> bool:
        """Whether this is of the folder's own pictures."""
        with self._lock:
            return any(known["id"] == media_id for known in self._content["pictures"].values())

    def upload(self, digest: str) -> str | None:
        """The address of a picture's upload that was begun."""
        address: str | None = self._content["uploads"].get(digest)
        return address

    def keep_upload(self, digest: str, address: str) -> None:
        self._keep("uploads", digest, address)

    def keep_begun(self, name: str, begun: BegunPost) -> None:
        self._keep("begun", name, begun)

    def forget_begun(self, name: str) -> None:
        """Nothing came of it."""
        with self._lock:
            del self._content["begun"][name]
            self._write()

    def keep_post(self, name: str, known: KnownPost) -> None:
        self._keep("posts", name, known, ended="begun")

    def keep_picture(self, digest: str, known: KnownPicture) -> None:
        self._keep("pictures", digest, known, ended="uploads")

    def _keep(self, kind: str, name: str, known: Any, *, ended: str | None = None) -> None:
        """``ended`` is the kind of what has led to it, and is kept no longer."""
        with self._lock:
            if ended:
                self._content[ended].pop(name, None)
            self._content[kind][name] = known
            self._write()

    def _write(self, *, durably: bool = False) -> None:
        self._file.parent.mkdir(exist_ok=True)
        new = self._file.with_suffix(".new")
        with new.open("w") as opened:
            opened.write(json.dumps(self._content))  # with an indent it takes an encoder that is many times slower
            if durably:
                opened.flush()
                os.fsync(opened.fileno())
        new.replace(self._file)
        if durably and hasattr(os, "O_DIRECTORY"):  # not on Windows
            folder = os.open(self._file.parent, os.O_DIRECTORY)
            os.fsync(folder)
            os.close(folder)

    def _read(self) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(self._file.read_text())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise Failure(f"{self._file} is damaged: restore it, or remove it and pull.") from error
        return content
