"""A post as a file: Markdown below its front matter, with pictures that lie beside it."""

import difflib
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
_LABEL = r"\[(?P<alt>(?:[^\]\\]|\\.)*)\]"
_PATH = r"(?P<path><[^>\n]+>|(?:[^\s()<>]|\([^\s()]*\))+)"
_TITLE = r"(?P<title>\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?"
PICTURE = re.compile(rf"!{_LABEL}\(\s*{_PATH}{_TITLE}\s*\)")
REFERENCE = re.compile(rf"!{_LABEL}(?:\[(?P<label>[^\]\n]*)\])?(?![\[(])")
DEFINITION = re.compile(rf"^ {{0,3}}{_LABEL}:[ \t]*{_PATH}{_TITLE}[ \t]*$", re.MULTILINE)
HTML = re.compile(r"<(?:img|source)\b[^>]*?\ssrc\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s\"'>]+))", re.IGNORECASE)
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
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
    """``body`` as it was written; ``pictures`` by how the text names them, ``not_taken`` those that HTML names."""

    fields: dict[str, Any]
    body: str
    pictures: dict[str, Picture]
    not_taken: tuple[str, ...] = ()

    @property
    def status(self) -> str | None:
        """The state that the file asks for; None where it leaves that to others."""
        status: str | None = self.fields.get("status")
        return status

    @cached_property
    def digest(self) -> str:
        """A hash of all that a push would send."""
        said = json.dumps([self.fields, self.body], default=str, sort_keys=True).encode()
        whole = hashlib.sha256(said)
        for name in sorted(self.pictures):
            whole.update(self.pictures[name].digest.encode())
        return whole.hexdigest()

    def body_with(self, urls: dict[str, str]) -> str:
        """The text with the addresses of its pictures, by how it names them."""
        body = PICTURE.sub(lambda found: _with_address(found, urls.get(_named(found))), self.body)
        return DEFINITION.sub(lambda found: _with_address(found, urls.get(_named(found))), body)


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
    pictures = {name: _picture(path, folder, name, alt) for name, alt in _shown(body).items()}
    return Document(fields, body, pictures, _in_html(body))


def written(fields: dict[str, Any], body: str) -> str:
    """A post's file."""
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)
    return f"{FENCE}{front}{FENCE}\n{body}"


class _Once(yaml.SafeLoader):
    """Refuses a key that is there twice: YAML takes the last one, and nobody learns of the other."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := sorted({str(key) for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(twice)} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _split(path: Path, text: str) -> tuple[dict[str, Any], str]:
    if not text.startswith(FENCE) or FENCE not in text[len(FENCE) - 1 :]:
        raise Unreadable(f"{path}: begin with front matter, `---`, `title: …`, `---`.")
    front, _, body = text[len(FENCE) :].partition(f"\n{FENCE}")
    try:
        fields = yaml.load(front, _Once)  # noqa: S506  it is a SafeLoader
    except yaml.YAMLError as error:
        raise Unreadable(f"{path}: its front matter is not YAML: {error}") from error
    return _checked(path, fields), body.removeprefix("\n")


def _checked(path: Path, fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict):
        raise Unreadable(f"{path}: its front matter has no `title`.")
    if unknown := ", ".join(map(_and_meant, sorted(map(str, fields.keys() - FIELDS)))):
        raise Unreadable(f"{path}: unknown in front matter: {unknown}. Known: {', '.join(sorted(FIELDS))}.")
    if not fields.get("title"):
        raise Unreadable(f"{path}: its front matter has no `title`.")
    if wrong := [name for name in ("title", "summary", "slug") if not isinstance(fields.get(name, ""), str | None)]:
        raise Unreadable(f"{path}: `{wrong[0]}` is no text to YAML; put it in quotes.")
    if fields.get("status", "draft") not in STATES:
        raise Unreadable(f"{path}: `status` is one of {', '.join(STATES)}.")
    at = fields.get("at")
    if (fields.get("status") == "scheduled") != isinstance(at, datetime) or (at and at.tzinfo is None):
        raise Unreadable(f"{path}: `at`, with its offset, belongs to `status: scheduled` and to nothing else.")
    tags = fields.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise Unreadable(f"{path}: `tags` is a list of words.")
    return fields


def _and_meant(unknown: str) -> str:
    meant = difflib.get_close_matches(unknown, FIELDS, n=1)
    return f"{unknown} (is it {meant[0]}?)" if meant else unknown


def _shown(body: str) -> dict[str, str]:
    """How the text names the files that it shows, each with what is said of it for those who cannot see it."""
    definitions = reversed([*DEFINITION.finditer(body)])  # the first of a label counts
    defined = {_folded(each["alt"]): _named(each) for each in definitions}
    shown = [(_named(each), each["alt"]) for each in PICTURE.finditer(body)]
    shown += [
        (defined[label], each["alt"])
        for each in REFERENCE.finditer(body)
        if (label := _folded(each["label"] or each["alt"])) in defined
    ]
    return {name: alt for name, alt in shown if not ELSEWHERE.match(name)}


def _in_html(body: str) -> tuple[str, ...]:
    names = ["".join(each) for each in HTML.findall(CODE.sub("", body))]
    return tuple(dict.fromkeys(name for name in names if not ELSEWHERE.match(name)))


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())


def _named(found: re.Match[str]) -> str:
    return unquote(found["path"].removeprefix("<").removesuffix(">"))


def _with_address(found: re.Match[str], url: str | None) -> str:
    if not url:
        return found[0]
    start, end = (place - found.start() for place in found.span("path"))
    return found[0][:start] + url + found[0][end:]


def _picture(path: Path, folder: Path, name: str, alt: str) -> Picture:
    file = (path.parent / name).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise Unreadable(f"{path}: the picture {name} lies outside of {folder}.")
    if not file.is_file():
        raise Unreadable(f"{path}: there is no picture {name}.")
    return Picture(file, alt, digest_of(file))
