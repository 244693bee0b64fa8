"""What becomes of the parts of an upload, while they come in."""

import hashlib
from typing import IO

from chassis.problems import FieldError, Problem, invalid_fields
from chassis.text import fault_of

from media_service.assets.schemas import said_elsewhere
from media_service.pictures.refusals import Cause, too_large

WRITE_AT = 1 << 20


class Field:
    """A part of a form. It is begun once, then takes its bytes piece by piece."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.was_sent = False

    def begin(self) -> None:
        """Called when the part comes; a second one of the same name is refused."""
        if self.was_sent:
            raise self.refused("duplicate", "Send this once.")
        self.was_sent = True

    def take(self, data: bytes) -> None:
        raise NotImplementedError

    def refused(self, code: str, detail: str) -> Problem:
        """The 400 that names this field."""
        return invalid_fields([FieldError(f"/{self.name}", code, detail)])


class RefusedField(Field):
    """A part that must not come: it asks for what is not done here."""

    def begin(self) -> None:
        raise invalid_fields([said_elsewhere(self.name)])


class TextField(Field):
    """Text of at most so many characters that others can read, see ``chassis.text``."""

    def __init__(self, name: str, max_length: int) -> None:
        super().__init__(name)
        self._max_length = max_length
        self._bytes = bytearray()

    def take(self, data: bytes) -> None:
        self._bytes += data
        if len(self._bytes) > 4 * self._max_length:  # the longest UTF-8 of that many characters
            raise self._too_long()

    def text(self) -> str:
        """The text, empty if none was sent."""
        try:
            text = self._bytes.decode()
        except UnicodeDecodeError as error:
            raise self.refused("encoding", "This must be UTF-8.") from error
        if len(text) > self._max_length:
            raise self._too_long()
        if fault := fault_of(text):
            raise self.refused(*fault)
        return text

    def _too_long(self) -> Problem:
        return self.refused("max_length", f"Ensure this field has no more than {self._max_length} characters.")


class FileField(Field):
    """A file of at most so many bytes, hashed on its way to the disk. Only what waits to be written is in memory."""

    def __init__(self, name: str, into: IO[bytes], max_bytes: int) -> None:
        super().__init__(name)
        self._into = into
        self._max_bytes = max_bytes
        self._waiting = bytearray()
        self._digest = hashlib.sha256()
        self.bytes = 0

    def take(self, data: bytes) -> None:
        self.bytes += len(data)
        if self.bytes > self._max_bytes:
            raise too_large(f"A picture may have {self._max_bytes:,} bytes.", cause=Cause.BYTES)
        self._waiting += data

    @property
    def waiting(self) -> int:
        """Bytes that wait to be written."""
        return len(self._waiting)

    @property
    def should_write(self) -> bool:
        """Whether enough waits to be worth a write."""
        return len(self._waiting) >= WRITE_AT

    def write(self) -> None:
        """Write what waits; may take as long as the disk does."""
        self._into.write(self._waiting)
        self._digest.update(self._waiting)
        self._waiting.clear()

    def sha256(self) -> str:
        """The hash of all that was written."""
        return self._digest.hexdigest()
