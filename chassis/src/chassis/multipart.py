"""Reading multipart/form-data (RFC 7578) as it comes, its parts in any order; needs the extra ``forms``."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from chassis.problems import Problem


class Part(NamedTuple):
    """What the head of a part says; ``filename`` is None where it names none, which makes it a text."""

    name: str
    filename: str | None


class Sink(Protocol):
    """Takes the bytes of a part, piece by piece."""

    def take(self, data: bytes) -> None: ...


class FormReader:
    """Asks ``begin`` where the bytes of each part go, None for nowhere. What ``begin`` and ``take`` raise ends it.

    python-multipart bounds the headers of a part: 4 KB each, and not many.
    """

    def __init__(self, content_type: str, begin: Callable[[Part], Sink | None], *, most_parts: int) -> None:
        self._begin = begin
        self._most_parts = most_parts
        self._parts = 0
        self._ended = False
        self._sink: Sink | None = None
        self._header_name, self._header_value = bytearray(), bytearray()
        self._disposition = ""
        self._parser = self._make_parser(content_type)

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body; raises Problem (400)."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed(str(error)) from error

    def finish(self) -> None:
        """Call after the last bytes; raises Problem (400) for a body that ends too early."""
        if not self._ended:
            raise _malformed("it ends before its last boundary")

    def _make_parser(self, content_type: str) -> MultipartParser:
        _, options = parse_options_header(content_type)
        if not options.get(b"boundary"):
            raise _malformed("it names no boundary")
        try:
            return MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise _malformed(str(error)) from error

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > self._most_parts:
            raise _malformed("it has too many parts")
        self._disposition = ""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value.decode("latin-1")
        self._header_name.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise _malformed("a part has no name")
        filename = options.get(b"filename")
        named = Part(
            options[b"name"].decode("utf-8", "replace"), None if filename is None else filename.decode("latin-1")
        )
        self._sink = self._begin(named)

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._sink:
            self._sink.take(data[start:end])

    def _on_end(self) -> None:
        self._ended = True


def is_form(content_type: str) -> bool:
    """Whether a body of this type is a form."""
    return parse_options_header(content_type)[0] == b"multipart/form-data"


def _malformed(reason: str) -> Problem:
    return Problem(400, "multipart_malformed", f"The body is not valid multipart/form-data: {reason}.")
