"""Reading a form as it comes: its parts go to the fields of their names."""

from collections.abc import Mapping

from chassis.multipart import FormReader, Part, is_form

from media_service.pictures.refusals import Cause, too_large, unsupported_media_type
from media_service.uploads.fields import Field

MAX_PARTS = 20


class Form:
    """Hands each part to the field of its name as the bytes come; parts of other names pass by."""

    def __init__(self, content_type: str, fields: Mapping[str, Field], *, max_bytes: int) -> None:
        if not is_form(content_type):
            raise unsupported_media_type("Send the picture as multipart/form-data.", cause="not_multipart")
        self._fields = fields
        self._left = max_bytes
        self._reader = FormReader(content_type, self._begin, most_parts=MAX_PARTS)

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body; raises the Problem that refuses it."""
        self._left -= len(data)
        if self._left < 0:
            raise too_large("The body is larger than an upload can be.", cause=Cause.BYTES)
        self._reader.feed(data)

    def finish(self) -> None:
        """Call after the last bytes; refuses a body that ends too early."""
        self._reader.finish()

    def _begin(self, part: Part) -> Field | None:
        field = self._fields.get(part.name)
        if field:
            field.begin()
        return field
