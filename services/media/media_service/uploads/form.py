"""Reading multipart/form-data (RFC 7578) as it comes, its parts in any order."""

from collections.abc import Mapping

from chassis.problems import Problem
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from media_service.pictures.refusals import Cause, too_large, unsupported_media_type
from media_service.uploads.fields import Field

MAX_PARTS = 20


class Form:
    """Hands each part to the field of its name as the bytes come; parts of other names pass by."""

    def __init__(self, content_type: str, fields: Mapping[str, Field], *, max_bytes: int) -> None:
        self._fields = fields
        self._left = max_bytes
        self._parts = 0
        self._ended = False
        self._field: Field | None = None
        self._header_name, self._header_value = bytearray(), bytearray()
        self._disposition = ""
        self._parser = self._make_parser(content_type)

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body; raises the Problem that refuses it."""
        self._left -= len(data)
        if self._left < 0:
            raise too_large("The body is larger than an upload can be.", cause=Cause.BYTES)
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed(str(error)) from error

    def finish(self) -> None:
        """Call after the last bytes; refuses a body that ends too early."""
        if not self._ended:
            raise _malformed("it ends before its last boundary")

    def _make_parser(self, content_type: str) -> MultipartParser:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data":
            raise unsupported_media_type("Send the picture as multipart/form-data.", cause="not_multipart")
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
        if self._parts > MAX_PARTS:
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
        self._field = self._fields.get(options[b"name"].decode("latin-1"))
        if self._field:
            self._field.begin()

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._field:
            self._field.take(data[start:end])

    def _on_end(self) -> None:
        self._ended = True


def _malformed(reason: str) -> Problem:
    return Problem(400, "multipart_malformed", f"The body is not valid multipart/form-data: {reason}.")
