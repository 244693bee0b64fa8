"""Posts and pictures in one form: fields, or a JSON part, beside files; its parts in any order."""

import re
import threading
from collections.abc import Iterator, Mapping
from typing import IO, Any, ClassVar

from chassis.json_body import read_json
from chassis.multipart import FormReader, Part, Sink
from chassis.problems import FieldError, Problem, invalid_fields, pointer_segment
from django.conf import settings
from django.http.request import UnreadablePostError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from blog_service.posts.body_fields import MOST
from blog_service.sent_pictures.files import SentFile
from blog_service.settings import settings as own_settings

FORM_BYTES = 100 * 1024 * 1024
MOST_PARTS = 500
PIECE_BYTES = 64 * 1024
JSON_PART, TAGS, IMAGES, FILE = "post", "tags", "images", "file"
_OF_IMAGE = re.compile(r"images\[(\d{1,4})\](?:\.([a-z]+)|\[([a-z]+)\])", re.ASCII)
_IMAGE_FIELDS = frozenset({"media", "id", FILE, "caption", "alt"})
_turns = threading.BoundedSemaphore(max(1, own_settings().web_threads // 2))

Place = tuple[str | int, ...]
"""Where in the body the value of a part stands: ``("title",)``, ``("images", 0, "file")``."""


class PostFormParser(BaseParser):
    """A form of FORM_BYTES at most becomes what its JSON would be, with each file as a SentFile.

    Raises Problem: 400 for what is malformed, 413, and 503 while too many forms are being sent: they come as slowly as
    their senders, and some threads are left for everybody else.
    """

    media_type = "multipart/form-data"
    fields: ClassVar[frozenset[str]] = frozenset({JSON_PART, "title", "body", "published", "comments_open", TAGS})
    takes_images: ClassVar[bool] = True

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The body as JSON would have it."""
        assert parser_context
        form = _Form(self.fields, takes_images=self.takes_images)
        reader = FormReader(media_type or "", form.begin, most_parts=MOST_PARTS)
        if not _turns.acquire(blocking=False):
            raise Problem(503, "overloaded", "Too many forms are being sent just now; try again.")
        try:
            for piece in _pieces(_source(stream, parser_context["request"])):
                reader.feed(piece)
        finally:
            _turns.release()
        reader.finish()
        return form.body()


class ImageFormParser(PostFormParser):
    """A form that is one picture."""

    fields = frozenset({"media", FILE, "caption", "alt"})
    takes_images = False


class _Text:
    def __init__(self, form: "_Form") -> None:
        self._form = form
        self.bytes = bytearray()

    def take(self, data: bytes) -> None:
        self._form.count_text(data)
        self.bytes += data


class _Form:
    """The parts that came, by their places."""

    def __init__(self, fields: frozenset[str], *, takes_images: bool) -> None:
        self._fields = fields
        self._takes_images = takes_images
        self._text_left: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # as long as a body of JSON may be
        self._parts: dict[Place, list[_Text | SentFile]] = {}

    def begin(self, part: Part) -> Sink:
        """Where the bytes of a part go; raises Problem (400) for one that is unknown, or comes twice."""
        place = self._place(part.name)
        if place in self._parts and place != (TAGS,):
            raise _wrong(place, "twice", "Send this once.")
        sink = SentFile() if place[-1] == FILE and part.filename is not None else _Text(self)
        self._parts.setdefault(place, []).append(sink)
        return sink

    def count_text(self, data: bytes) -> None:
        self._text_left -= len(data)
        if self._text_left < 0:
            raise Problem(413, "body_too_large", "All texts of a form together are too long.")

    def body(self) -> dict[str, Any]:
        """What was sent; raises Problem (400) for values that cannot be, are there twice, or are missing."""
        body = self._json_part()
        for place, sinks in self._parts.items():
            if len(place) == 1 and place != (JSON_PART,):
                _put(body, place, [_text(place, sink) for sink in sinks] if place == (TAGS,) else _value(place, sinks))
        if images := {place: sinks for place, sinks in self._parts.items() if len(place) > 1}:
            body[IMAGES] = _with_images(body.get(IMAGES, []), images)
        return body

    def _json_part(self) -> dict[str, Any]:
        sinks = self._parts.get((JSON_PART,))
        if sinks is None:
            return {}
        try:
            body = read_json(_text((JSON_PART,), sinks[0]).encode())
        except ValueError as error:
            raise _wrong((JSON_PART,), "invalid", str(error)) from error
        if not isinstance(body, dict):
            raise _wrong((JSON_PART,), "invalid", "This must be a JSON object.")
        return body

    def _place(self, name: str) -> Place:
        if name in self._fields:
            return (name,)
        if name == f"{TAGS}[]" and TAGS in self._fields:
            return (TAGS,)
        found = _OF_IMAGE.fullmatch(name) if self._takes_images else None
        if found and (field := found[2] or found[3]) in _IMAGE_FIELDS:
            index = int(found[1])
            if index >= MOST:
                raise _wrong((IMAGES,), "max_length", f"Ensure this field has no more than {MOST} elements.")
            return (IMAGES, index, field)
        raise _wrong((pointer_segment(name[:100]),), "unknown", "This part is not known here.")


def _source(stream: IO[bytes], request: Request) -> IO[bytes]:
    """The body; Django reads as many bytes as Content-Length says, so of a chunked one none."""
    environ = request.META
    is_chunked = environ.get("wsgi.input_terminated") and not environ.get("CONTENT_LENGTH")
    source: IO[bytes] = environ["wsgi.input"] if is_chunked else stream
    return source


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    left = FORM_BYTES
    try:
        while piece := source.read(PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise Problem(413, "body_too_large", f"A form may have {FORM_BYTES} bytes.")
            yield piece
    except UnreadablePostError as error:
        raise Problem(400, "request_incomplete", "The connection ended before the body did.") from error


def _with_images(listed: Any, parts: Mapping[Place, list[_Text | SentFile]]) -> list[Any]:
    """The images of a JSON part with what parts say of each, or what parts alone say; their index is their position."""
    if not isinstance(listed, list) or not all(isinstance(image, dict) for image in listed):
        raise _wrong((IMAGES,), "invalid", "This must be a list of objects.")
    images = dict(enumerate(listed))
    for place, sinks in parts.items():
        _, index, field = place
        image = images.setdefault(int(index), {})
        if field in image:
            raise _wrong(place, "twice", "Send this once.")
        image[str(field)] = _value(place, sinks)
    for index in range(max(images) + 1):
        if index not in images:
            raise _wrong((IMAGES, index), "missing", "This place is left out; count from 0 without a gap.")
    return [images[index] for index in range(len(images))]


def _put(body: dict[str, Any], place: Place, value: Any) -> None:
    name = str(place[0])
    if name in body:
        raise _wrong(place, "twice", "Send this once.")
    body[name] = value


def _value(place: Place, sinks: list[_Text | SentFile]) -> str | SentFile:
    sink = sinks[0]
    if isinstance(sink, SentFile):
        if not sink.size:
            raise _wrong(place, "empty", "The submitted file is empty.")
        return sink
    return _text(place, sink)


def _text(place: Place, sink: _Text | SentFile) -> str:
    assert isinstance(sink, _Text)
    try:
        return sink.bytes.decode()
    except UnicodeDecodeError as error:
        raise _wrong(place, "encoding", "This must be UTF-8.") from error


def _wrong(place: Place, code: str, detail: str) -> Problem:
    return invalid_fields([FieldError("".join(f"/{segment}" for segment in place), code, detail)])
