"""What decoding children say, checked like anything else from outside: a child may have been taken over."""

import errno
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from chassis.problems import Problem

from media_service.decoding.channel import Message
from media_service.pictures import left_out as names
from media_service.pictures.foreign import CAUSES
from media_service.pictures.outcomes import Placeholder
from media_service.pictures.refusals import Cause
from media_service.storage.store import EXTENSIONS

REFUSALS = {413: "too_large", 415: "unsupported_media_type", 422: "image_refused"}
_THUMBHASH = re.compile("[A-Za-z0-9+/]{8,40}={0,2}")
_COLOR = re.compile("#[0-9a-f]{6}")
KNOWN_CAUSES = frozenset(Cause) | frozenset(CAUSES)


class Undecodable(Exception):  # noqa: N818  said of the picture
    """The picture cannot be decoded, or whoever tried died of it."""


class ChildDied(Exception):  # noqa: N818  said of the child
    """The child ended without an answer, or was too slow, or gave none that makes sense; the message says how."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is told of a picture that was cleaned; sizes in pixels."""

    mime: str
    width: int
    height: int
    left_out: str
    animated: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is told of a rendition: its name, and how many of the bytes that were written are its own."""

    name: str
    length: int
    mime: str
    width: int
    height: int


def claimed(told: Message) -> int:
    """The bytes of memory that a child asks for before it decodes."""
    match told:
        case {"claim": int(memory)} if memory > 0:
            return memory
    raise ChildDied("a claim that is none")


def cleaned(told: Message) -> Cleaned:
    """Raises what went wrong, if that is what the child tells."""
    match told:
        case {
            "mime": str(mime),
            "width": int(width),
            "height": int(height),
            "left_out": str(left_out),
            "animated": bool(animated),
        } if mime in EXTENSIONS and min(width, height) > 0 and set(left_out.split()) <= set(names.ALL):
            return Cleaned(mime, width, height, left_out, animated)
    raise _other(told)


def drawn(told: Message, sides: Mapping[str, int], written: int) -> list[Drawn]:
    """One rendition for each name of ``sides``, in the order of the ``written`` bytes; raises as cleaned() does."""
    match told:
        case {"drawn": [*renditions]}:
            found = [_rendition(rendition, sides) for rendition in renditions]
            if sorted(one.name for one in found) == sorted(sides) and sum(one.length for one in found) == written:
                return found
    raise _other(told)


def is_animated(told: Message) -> bool:
    """What is told of the picture beside the renditions."""
    match told:
        case {"animated": bool(animated)}:
            return animated
    raise ChildDied("neither a still nor animated")


def placeholder(told: Message) -> Placeholder:
    """What is told beside the renditions."""
    match told:
        case {"placeholder": [str(thumbhash), str(color)]} if _THUMBHASH.fullmatch(thumbhash) and _COLOR.fullmatch(
            color
        ):
            return Placeholder(thumbhash, color)
    raise ChildDied("a placeholder that is none")


def _rendition(told: object, sides: Mapping[str, int]) -> Drawn:
    match told:
        case [str(name), int(length), str(mime), int(width), int(height)] if (
            name in sides
            and length > 0
            and mime in EXTENSIONS
            and 0 < min(width, height) <= max(width, height) <= sides[name]
        ):
            return Drawn(name, length, mime, width, height)
    raise ChildDied("a rendition that is none")


def _other(told: Message) -> Exception:
    """What went wrong, if that is what the child tells."""
    match told:
        case {"refused": [int(status), str(code), str(detail), {"cause": str(cause)}]} if (
            REFUSALS.get(status) == code and cause in KNOWN_CAUSES
        ):
            return Problem(status, code, detail, members={"cause": cause})
        case {"undecodable": str(reason)}:
            return Undecodable(reason)
        case {"os_error": int(number)} if number in errno.errorcode:
            return OSError(number, os.strerror(number))
        case {"fault": str(where)}:
            return RuntimeError(f"A fault in a decoding child: {where}")
    return ChildDied("an answer that is none")
