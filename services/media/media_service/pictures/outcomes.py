"""What comes of a picture: the one that is kept, and the sizes that are drawn of it."""

import hashlib
import os
from dataclasses import dataclass
from typing import IO, NamedTuple


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture fit to be stored; width and height are of one frame."""

    file: IO[bytes]
    mime: str
    width: int
    height: int
    left_out: str = ""
    animated: bool = False

    @property
    def bytes(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def sha256(self) -> str:
        """The hash of what is stored, read from the file."""
        return sha256_of(self.file)


def sha256_of(file: IO[bytes]) -> str:
    """The hash of a whole file."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # IO leaves out readinto


class Placeholder(NamedTuple):
    """What is shown before a picture is there: its ThumbHash in base64, and its colour as in CSS."""

    thumbhash: str
    color: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendition as bytes; the smallest brings the placeholder of the picture, and whether that is animated."""

    name: str
    content: bytes
    mime: str
    width: int
    height: int
    placeholder: Placeholder | None = None
    animated: bool = False
