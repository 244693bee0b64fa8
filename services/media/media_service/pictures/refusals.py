"""What the sender of a picture that is not kept is told (shapes.md, "Pictures"): a code, and the cause within it."""

from enum import StrEnum

from chassis.problems import Problem


class Cause(StrEnum):
    """Why a picture was refused, for programs: the member ``cause`` of a 413 or 422."""

    BYTES = "bytes"
    PIXELS = "pixels"
    FRAMES = "frames"
    MEMORY = "memory"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    CHECKSUM = "checksum"
    UNDECODABLE = "undecodable"
    NO_SIZE = "no_size"
    NO_PICTURE = "no_picture"
    CODING = "coding"
    SEGMENTS = "segments"


def unsupported_media_type(detail: str, *, cause: str) -> Problem:
    """415: the content, whatever its name says, is of a type that is not taken; ``cause`` names what was found."""
    return Problem(415, "unsupported_media_type", detail, members={"cause": cause})


def too_large(detail: str, *, cause: Cause) -> Problem:
    """413: more bytes, pixels, frames or memory than the limits allow."""
    return Problem(413, "too_large", detail, members={"cause": cause})


def image_refused(reason: str, *, cause: Cause) -> Problem:
    """422: a picture of a type that is taken, but not a sound one."""
    return Problem(422, "image_refused", f"The picture was refused: {reason}.", members={"cause": cause})
