"""The headers of tus 1.0 (https://tus.io/protocols/resumable-upload), read strictly.

What is malformed is 400 ``upload_header_invalid``, naming the header.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.problems import Problem
from chassis.text import fault_of

from media_service.assets.models import ALT_LENGTH
from media_service.assets.schemas import SAID_BY_CHANGE
from media_service.tus.models import METADATA_LENGTH

VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
ALGORITHMS: dict[str, Callable[[], Any]] = {
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),  # the one that every server has
    "sha256": hashlib.sha256,
}
_NUMBER = re.compile("[0-9]{1,15}")
_KEY = re.compile(r"[\x21-\x2b\x2d-\x7e]+")  # no space and no comma
MOST_KEYS = 20


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of a request are said to hash to."""

    algorithm: str
    digest: bytes

    def require(self, digest: bytes) -> None:
        """Raises Problem 460 where the bytes that came have another."""
        if digest != self.digest:
            detail = f"The {self.algorithm} of what came is another; nothing of it was kept."
            raise Problem(460, "checksum_mismatch", detail, title="Checksum mismatch")


def number(headers: Mapping[str, str], name: str) -> int | None:
    """A count of bytes; None where the header is not there."""
    value = headers.get(name)
    if value is not None and not _NUMBER.fullmatch(value):
        raise invalid(name, "must be a number of bytes")
    return None if value is None else int(value)


def offset(headers: Mapping[str, str]) -> int:
    """Where the bytes of a PATCH belong."""
    value = number(headers, "Upload-Offset")
    if value is None:
        raise invalid("Upload-Offset", "is needed")
    return value


def length(headers: Mapping[str, str]) -> int | None:
    """The bytes of a new upload; None where they are told later."""
    value, deferred = number(headers, "Upload-Length"), headers.get("Upload-Defer-Length")
    if deferred not in {None, "1"}:
        raise invalid("Upload-Defer-Length", "can only be 1")
    if (value is None) == (deferred is None):
        raise invalid("Upload-Length", "is needed, or Upload-Defer-Length, and not both")
    return value


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """What a request says of its bytes."""
    value = headers.get("Upload-Checksum")
    if value is None:
        return None
    algorithm, _, text = value.partition(" ")
    if algorithm not in ALGORITHMS:
        raise invalid("Upload-Checksum", f"must be of {' or '.join(ALGORITHMS)}")
    digest = _decoded("Upload-Checksum", text)
    if len(digest) != ALGORITHMS[algorithm]().digest_size:
        raise invalid("Upload-Checksum", f"has not the length of a {algorithm}")
    return Checksum(algorithm, digest)


def alt(metadata: str) -> str:
    """The alternative text that Upload-Metadata brings; what else stands there must be well-formed, and is not used."""
    if len(metadata) > METADATA_LENGTH or not metadata.isascii():
        raise invalid("Upload-Metadata", f"may have {METADATA_LENGTH:,} ASCII characters")
    pairs = [pair.strip().partition(" ")[::2] for pair in metadata.split(",")] if metadata.strip() else []
    keys = [key for key, _ in pairs]
    if len(keys) > MOST_KEYS or len(set(keys)) < len(keys) or not all(map(_KEY.fullmatch, keys)):
        raise invalid("Upload-Metadata", f"must be at most {MOST_KEYS} pairs of a key, each once, and its value")
    if wrong := [key for key in keys if key in SAID_BY_CHANGE]:
        raise invalid("Upload-Metadata", f"cannot say {wrong[0]}; PATCH /api/v2/assets/{{id}} can, afterwards")
    values = {key: _decoded("Upload-Metadata", value) for key, value in pairs}
    return _readable(values.get("alt", b""))


def invalid(header: str, what: str) -> Problem:
    """The refusal of a header."""
    return Problem(400, "upload_header_invalid", f"{header} {what}.")


def _readable(value: bytes) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise invalid("Upload-Metadata", "must have alt in UTF-8") from error
    if len(text) > ALT_LENGTH or fault_of(text):
        raise invalid("Upload-Metadata", f"must have alt as a text of at most {ALT_LENGTH} characters")
    return text


def _decoded(header: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise invalid(header, "must be in base64") from error
