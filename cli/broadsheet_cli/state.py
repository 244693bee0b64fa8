"""What a folder knows of the server, in ``.broadsheet/state.json``: kept after each step, so a kill loses nothing."""

import json
import os
import threading
import uuid
from pathlib import Path
from typing import Any, TypedDict

from broadsheet_cli.errors import Failure

NAME = ".broadsheet/state.json"


class KnownPost(TypedDict):
    """``digest`` is of the file as it was when both sides were the same, ``etag`` of the post."""

    id: str
    etag: str
    digest: str
    status: str


class KnownPicture(TypedDict):
    id: str
    url: str


class State:
    """Of one folder and one server; safe between threads."""

    def __init__(self, folder: Path, server: str) -> None:
        self._file = folder / NAME
        self._lock = threading.Lock()
        content = self._read()
        if content.get("server", server) != server:
            raise Failure(f"{folder} belongs to {content['server']}; push it there, or remove {self._file} first.")
        self._content: dict[str, Any] = {"server": server, "posts": {}, "pictures": {}, "uploads": {}} | content

    def key(self, sent: str) -> str:
        """An Idempotency-Key for what is sent, the same in each run until the file is removed."""
        with self._lock:
            if "id" not in self._content:
                self._content["id"] = str(uuid.uuid4())
                self._write()
        return str(uuid.uuid5(uuid.UUID(self._content["id"]), sent))

    def post(self, name: str) -> KnownPost | None:
        known: KnownPost | None = self._content["posts"].get(name)
        return known

    def post_of_id(self, post_id: str) -> str | None:
        """The file's name."""
        return next((name for name, known in self._content["posts"].items() if known["id"] == post_id), None)

    def picture(self, digest: str) -> KnownPicture | None:
        known: KnownPicture | None = self._content["pictures"].get(digest)
        return known

    def upload(self, digest: str) -> str | None:
        """The address of a picture's upload that was begun."""
        address: str | None = self._content["uploads"].get(digest)
        return address

    def keep_upload(self, digest: str, address: str) -> None:
        self._keep("uploads", digest, address)

    def keep_post(self, name: str, known: KnownPost) -> None:
        self._keep("posts", name, known)

    def keep_picture(self, digest: str, known: KnownPicture) -> None:
        self._content["uploads"].pop(digest, None)
        self._keep("pictures", digest, known)

    def _keep(self, kind: str, name: str, known: Any) -> None:
        with self._lock:
            self._content[kind][name] = known
            self._write()

    def _write(self) -> None:
        self._file.parent.mkdir(exist_ok=True)
        new = self._file.with_suffix(".new")
        with new.open("w") as file:
            file.write(json.dumps(self._content))  # with an indent it takes an encoder that is many times slower
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._file)

    def _read(self) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(self._file.read_text())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise Failure(f"{self._file} is damaged: restore it, or remove it and pull.") from error
        return content
