"""A folder of Markdown files with front matter in YAML, and pictures beside them, as static site generators have it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from blog_service.transfer.entries import MOST, Entries, Entry, Left, Picture, Unreadable, moment_of

LARGEST_TEXT = 2 * 1024 * 1024
LARGEST_PICTURE = 50 * 1024 * 1024
LARGEST_MATTER = 64 * 1024
_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*\n?(.*)\Z", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"\A\s*# +(.+)\n?")
_IMAGE = re.compile(r"!\[([^\]\n]{0,1000})\]\(<?([^)\s>]{1,2000})>?(?:\s+\"[^\"\n]*\")?\)")
Matter = dict[str, Any]


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases, by which a few bytes become a million."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise Unreadable("front matter with aliases")
        return super().compose_node(parent, index)


def folder_entries(folder: Path) -> Entries:
    """The posts of a folder, by the names of their files; raises Unreadable."""
    if not folder.is_dir():
        raise Unreadable(f"{folder} is no folder.")
    for number, file in enumerate(sorted(_texts(folder))):
        if number == MOST:
            raise Unreadable(f"There are more than {MOST} files.")
        key = file.relative_to(folder).as_posix()
        try:
            yield _entry(folder, file, key)
        except (Unreadable, ValueError, yaml.YAMLError, OSError, RecursionError) as error:
            yield Left(key, str(error).splitlines()[0] if str(error) else type(error).__name__)


def file_within(folder: Path, name: str) -> Path:
    """A file that a text names: in the folder, by no way round; raises Unreadable."""
    named = PurePosixPath(name)
    if named.is_absolute() or ".." in named.parts or "\\" in name or "\0" in name:
        raise Unreadable(f"{name}: names a place outside of the folder")
    file = folder
    for part in named.parts:
        file /= part
        if file.is_symlink():
            raise Unreadable(f"{name}: is a link")
    if not file.is_file():
        raise Unreadable(f"{name}: is no file")
    if file.stat().st_size > LARGEST_PICTURE:
        raise Unreadable(f"{name}: has more than {LARGEST_PICTURE} bytes")
    return file


def _texts(folder: Path) -> Iterator[Path]:
    """Links are neither read nor followed."""
    for path in folder.iterdir():
        if path.is_symlink():
            continue
        if path.is_dir() and not path.name.startswith("."):
            yield from _texts(path)
        elif path.suffix.lower() in {".md", ".markdown"}:
            yield path


def _entry(folder: Path, file: Path, key: str) -> Entry:
    if file.stat().st_size > LARGEST_TEXT:
        raise Unreadable(f"has more than {LARGEST_TEXT} bytes")
    matter, body = _parted(file.read_text("utf-8-sig"))
    title, body = (str(matter["title"]), body) if matter.get("title") else _titled(file, body)
    published_at, written_at = _moments(matter)
    return Entry(
        key=str(matter.get("id") or key),
        title=title,
        body=body.strip("\n") + "\n" if body.strip() else "",
        slug=str(matter.get("slug") or ""),
        summary=str(_first(matter, "summary", "description", "excerpt") or ""),
        tags=_tags(matter),
        written_at=written_at,
        published_at=published_at,
        pictures=(*_listed(folder, matter), *_shown(folder, file, body)),
    )


def _parted(text: str) -> tuple[Matter, str]:
    text = text.replace("\r\n", "\n")
    found = _MATTER.match(text)
    if found is None:
        return {}, text
    if len(found[1]) > LARGEST_MATTER:
        raise Unreadable(f"front matter of more than {LARGEST_MATTER} characters")
    matter = yaml.load(found[1], _PlainLoader)  # noqa: S506  it is a SafeLoader
    if not isinstance(matter, dict | None):
        raise Unreadable("front matter that is no mapping")
    return matter or {}, found[2]


def _titled(file: Path, body: str) -> tuple[str, str]:
    heading = _HEADING.match(body)
    if heading:
        return heading[1].strip(), body[heading.end() :]
    return file.stem.replace("-", " ").replace("_", " ").strip().capitalize(), body


def _moments(matter: Matter) -> tuple[datetime | None, datetime | None]:
    """When it was published, if it was, and when it was written."""
    said = _moment(_first(matter, "published_at", "date"))
    written_at = _moment(matter.get("created_at")) or said
    is_draft = matter.get("draft") is True or matter.get("published") is False
    is_draft = is_draft or str(matter.get("status", "published")) != "published"
    return None if is_draft else said or datetime.now(UTC), written_at


def _moment(said: Any) -> datetime | None:
    if isinstance(said, date) and not isinstance(said, datetime):
        return datetime(said.year, said.month, said.day, tzinfo=UTC)
    return moment_of(str(said or ""))


def _tags(matter: Matter) -> tuple[str, ...]:
    said = [each for name in ("tags", "categories") for each in _listed_words(matter.get(name))]
    return tuple(dict.fromkeys(said))


def _listed_words(said: Any) -> list[str]:
    if isinstance(said, list):
        return [str(each) for each in said]
    return [word.strip() for word in str(said or "").split(",") if word.strip()]


def _listed(folder: Path, matter: Matter) -> Iterator[Picture]:
    """The pictures of front matter: names of files, or mappings with caption and alt."""
    images = matter.get("images") or []
    for image in images if isinstance(images, list) else [images]:
        said = image if isinstance(image, dict) else {"file": image}
        name = str(said.get("file") or "")
        yield Picture(file_within(folder, name), "", str(said.get("caption") or ""), str(said.get("alt") or ""))


def _shown(folder: Path, file: Path, body: str) -> Iterator[Picture]:
    """The pictures of the text, beside it or on the web; a page's own addresses (``/m/…``) stay as they are."""
    seen: set[str] = set()
    for alt, written in _IMAGE.findall(body):
        if written in seen or written.startswith(("/", "#", "data:")):
            continue
        seen.add(written)
        if written.startswith(("http://", "https://")):
            yield Picture(written, written, alt=alt)
        elif ":" in written.partition("/")[0]:
            raise Unreadable(f"{written[:100]}: is no address to take a picture from")
        else:
            beside = file.parent.relative_to(folder).as_posix()
            yield Picture(file_within(folder, written if beside == "." else f"{beside}/{written}"), written, alt=alt)


def _first(matter: Matter, *names: str) -> Any:
    return next((matter[name] for name in names if matter.get(name)), None)
