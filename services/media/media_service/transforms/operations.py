"""What is done to a picture on its way: a part of it is taken, it is made smaller, cut round a point, and encoded.

An address has one spelling of it: the operations in the order of ``_SHAPES``, each at most once, numbers without
leading or trailing zeros.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from chassis.problems import Problem

from media_service.pictures.cutting import LARGEST, Cut, Rectangle, covered, fitted

SEPARATOR = ","
"""In an address, where an operation is no segment of its own."""
MOST_LETTERS = 100
_SIDE = r"[1-9][0-9]{0,5}"
_SHARE = r"0|1|0\.[0-9]{0,3}[1-9]"
_SHAPES = {
    "crop": re.compile(rf"crop:(0|{_SIDE}):(0|{_SIDE}):({_SIDE}):({_SIDE})"),
    "resize": re.compile(rf"resize:(fit|fill|crop):({_SIDE}):({_SIDE})"),
    "focal": re.compile(rf"focal:({_SHARE}):({_SHARE})"),
    "quality": re.compile(r"quality:([1-9][0-9]?|100)"),
}


class OperationInvalid(Problem):
    """Operations that make no sense, or are not in their one spelling."""

    def __init__(self, detail: str) -> None:
        super().__init__(400, "operation_invalid", detail)


@dataclass(frozen=True, slots=True)
class Resize:
    """A box in pixels, and how the picture gets into it: fit, fill or crop; it is never enlarged."""

    mode: str
    width: int
    height: int

    @property
    def box(self) -> tuple[int, int]:
        return self.width, self.height


@dataclass(frozen=True, slots=True)
class Operations:
    """At least one of them. ``focal`` goes with ``fill`` alone."""

    crop: Rectangle | None
    resize: Resize | None
    focal: tuple[str, str] | None
    quality: int | None

    @classmethod
    def read(cls, text: str, *, separator: str = SEPARATOR) -> Self:
        """The operations of a text, in whatever order; raises OperationInvalid."""
        found = _found(text, separator)
        crop, resize, focal, quality = (found.get(name) for name in _SHAPES)
        read = cls(
            Rectangle(*map(int, crop)) if crop else None,
            Resize(resize[0], int(resize[1]), int(resize[2])) if resize else None,
            (focal[0], focal[1]) if focal else None,
            int(quality[0]) if quality else None,
        )
        read._require_sense()
        return read

    @classmethod
    def read_address(cls, text: str) -> Self:
        """The operations of an address, which are in their one spelling; raises OperationInvalid."""
        read = cls.read(text)
        if read.spelled() != text:
            raise OperationInvalid(f"They are spelled {read.spelled()} in an address.")
        return read

    def spelled(self) -> str:
        """Their one spelling."""
        crop, resize = self.crop, self.resize
        parts = (
            crop and f"crop:{crop.left}:{crop.top}:{crop.width}:{crop.height}",
            resize and f"resize:{resize.mode}:{resize.width}:{resize.height}",
            self.focal and ":".join(("focal", *self.focal)),
            self.quality and f"quality:{self.quality}",
        )
        return SEPARATOR.join(part for part in parts if part)

    def with_focal(self, point: tuple[float, float] | None) -> Self:
        """Operations round this point, if they cut round one and name none."""
        if point is None or self.focal or not (self.resize and self.resize.mode == "fill"):
            return self
        return type(self)(self.crop, self.resize, (_share(point[0]), _share(point[1])), self.quality)

    def cut(self, width: int, height: int) -> Cut:
        """What is to be drawn of a picture of this size; raises OperationInvalid for a part that it does not have."""
        region = self.crop or Rectangle(0, 0, width, height)
        if region.left + region.width > width or region.top + region.height > height:
            raise OperationInvalid(f"The picture has {width} x {height} pixels; crop lies beyond them.")
        if self.resize is None or self.resize.mode == "fit":
            return fitted(width, height, region, self.resize.box if self.resize else (LARGEST, LARGEST))
        return covered(width, height, region, self.resize.box, self._point(width, height, region))

    def _point(self, width: int, height: int, region: Rectangle) -> tuple[float, float]:
        """What is in the middle, as shares of the whole picture."""
        if self.focal:
            return float(self.focal[0]), float(self.focal[1])
        return (region.left + region.width / 2) / width, (region.top + region.height / 2) / height

    def _require_sense(self) -> None:
        if self.resize and max(self.resize.width, self.resize.height) > LARGEST:
            raise OperationInvalid(f"A side has at most {LARGEST} pixels.")
        if self.focal and not (self.resize and self.resize.mode == "fill"):
            raise OperationInvalid("focal goes with resize:fill.")


def _found(text: str, separator: str) -> Mapping[str, tuple[str, ...]]:
    """The values of each operation by its name."""
    found: dict[str, tuple[str, ...]] = {}
    for word in text[: MOST_LETTERS + 1].split(separator):
        name = word.partition(":")[0]
        match = _SHAPES[name].fullmatch(word) if name in _SHAPES else None
        if match is None or len(text) > MOST_LETTERS:
            raise OperationInvalid(f"{word[:40]!r} is no operation: {KNOWN}.")
        if name in found:
            raise OperationInvalid(f"{name} is said twice.")
        found[name] = match.groups()
    return found


KNOWN = "crop:X:Y:W:H, resize:fit|fill|crop:W:H, focal:X:Y, quality:N"


def _share(value: float) -> str:
    """A share as it is spelled: four digits tell a pixel of a picture that is as large as any."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
