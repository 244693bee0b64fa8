"""A post as a file: Markdown below its front matter, with pictures that lie beside it."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import yaml

from broadsheet_cli.errors import Failure

FENCE = "---\n"
FIELDS = {"title", "summary", "slug", "tags", "status", "at", "comments_open"}
STATES = ("draft", "scheduled", "published", "archived")
PICTURE = re.compile(r"!\[(?P<alt>(?:[^\]\\]|\\.)*)\]\((?P<path><[^>\n]+>|[^\s()]+)(?P<title>\s+\"[^\"\n]*\")?\)")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)


class Unreadable(Failure):
    """A file that is no post; the message says what to change."""

    code = "unreadable"


class Picture(NamedTuple):
    """A file that a text shows; ``digest`` is of its bytes when the text was read."""

    file: Path
    alt: str
    digest: str


@dataclass(frozen=True)
class Document:
    """``body`` as it was written; ``pictures`` by how the text names them."""

    fields: dict[str, Any]
    body: str
    pictures: dict[str, Picture]

    @property
    def status(self) -> str | None:
        """The state that the file asks for; None where it leaves that to others."""
        status: str | None = self.fields.get("status")
        return status

    @cached_property
    def digest(self) -> str:
        """Of all that a push would send."""
        said = json.dumps([self.fields, self.body], default=str, sort_keys=True).encode()
        whole = hashlib.sha256(said)
        for name in sorted(self.pictures):
            whole.update(self.pictures[name].digest.encode())
        return whole.hexdigest()

    def body_with(self, urls: dict[str, str]) -> str:
        """The text with the addresses of its pictures, by how it names them."""
        return PICTURE.sub(lambda found: _with_address(found, urls.get(_named(found))), self.body)


def digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def documents_in(folder: Path) -> Iterator[Path]:
    """Every Markdown file, but none in hidden folders."""
    for path in sorted(folder.rglob("*.md")):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def read_document(path: Path, folder: Path) -> Document:
    """Raises Unreadable."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path}: it is not UTF-8.") from error
    fields, body = _split(path, text.replace("\r\n", "\n"))
    found = [each for each in PICTURE.finditer(body) if not ELSEWHERE.match(_named(each))]
    alts = {_named(each): each["alt"] for each in found}
    return Document(fields, body, {name: _picture(path, folder, name, alt) for name, alt in alts.items()})


def written(fields: dict[str, Any], body: str) -> str:
    """A post's file."""
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)
    return f"{FENCE}{front}{FENCE}\n{body}"


def _split(path: Path, text: str) -> tuple[dict[str, Any], str]:
    if not text.startswith(FENCE) or FENCE not in text[len(FENCE) - 1 :]:
        raise Unreadable(f"{path}: begin with front matter, `---`, `title: …`, `---`.")
    front, _, body = text[len(FENCE) :].partition(f"\n{FENCE}")
    try:
        fields = yaml.safe_load(front)
    except yaml.YAMLError as error:
        raise Unreadable(f"{path}: its front matter is not YAML: {error}") from error
    return _checked(path, fields), body.removeprefix("\n")


def _checked(path: Path, fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict):
        raise Unreadable(f"{path}: its front matter has no `title`.")
    if unknown := sorted(map(str, fields.keys() - FIELDS)):
        raise Unreadable(f"{path}: unknown in front matter: {', '.join(unknown)}. Known: {', '.join(sorted(FIELDS))}.")
    if not fields.get("title"):
        raise Unreadable(f"{path}: its front matter has no `title`.")
    if fields.get("status", "draft") not in STATES:
        raise Unreadable(f"{path}: `status` is one of {', '.join(STATES)}.")
    at = fields.get("at")
    if (fields.get("status") == "scheduled") != isinstance(at, datetime) or (at and at.tzinfo is None):
        raise Unreadable(f"{path}: `at`, with its offset, belongs to `status: scheduled` and to nothing else.")
    tags = fields.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise Unreadable(f"{path}: `tags` is a list of words.")
    return fields


def _named(found: re.Match[str]) -> str:
    return unquote(found["path"].removeprefix("<").removesuffix(">"))


def _with_address(found: re.Match[str], url: str | None) -> str:
    return f"![{found['alt']}]({url}{found['title'] or ''})" if url else found[0]


def _picture(path: Path, folder: Path, name: str, alt: str) -> Picture:
    file = (path.parent / name).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise Unreadable(f"{path}: the picture {name} lies outside of {folder}.")
    if not file.is_file():
        raise Unreadable(f"{path}: there is no picture {name}.")
    return Picture(file, alt, digest_of(file))
