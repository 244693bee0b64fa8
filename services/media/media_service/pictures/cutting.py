"""What is drawn of a picture for one address: the whole is scaled, then a part of it is taken."""

from dataclasses import dataclass

LARGEST = 4096
"""Pixels that a side of what is drawn has at most."""
MOST_PIXELS = 1 << 23
"""The most pixels of all that is drawn: each takes 32 bytes while it is encoded."""
CUT = "cut"
"""What it is called, where renditions have their presets."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Part of a picture, in pixels from its top left."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The longest side of the whole picture when it is scaled, in pixels, and the part of it that is taken then."""

    side: int
    part: Rectangle


def fitted(width: int, height: int, region: Rectangle, box: tuple[int, int]) -> Cut:
    """All of a region of a picture of this size, made so small that it fits into a box; never enlarged."""
    scale = min(1.0, box[0] / region.width, box[1] / region.height)
    return _scaled(width, height, scale, region.left, region.top, (region.width, region.height))


def covered(width: int, height: int, region: Rectangle, box: tuple[int, int], point: tuple[float, float]) -> Cut:
    """What of a region covers a box, round a point as far as the region reaches.

    A box that it cannot cover without being enlarged is made smaller in its proportions. The point is of the whole
    picture, in shares of width and height.
    """
    scale = max(box[0] / region.width, box[1] / region.height)
    taken = box[0] / scale, box[1] / scale
    left = _placed(point[0] * width, taken[0], region.left, region.width)
    top = _placed(point[1] * height, taken[1], region.top, region.height)
    return _scaled(width, height, min(1.0, scale), left, top, taken)


def _placed(point: float, length: float, start: float, room: float) -> float:
    """Where a length begins that has a point in its middle, and stays in its room."""
    return min(max(point - length / 2, start), start + room - length)


def _scaled(  # noqa: PLR0913, PLR0917  plain numbers
    width: int, height: int, scale: float, left: float, top: float, taken: tuple[float, float]
) -> Cut:
    scale = min(scale, (MOST_PIXELS / (taken[0] * taken[1])) ** 0.5)
    sides = (max(1, round(side * scale)) for side in taken)
    part = Rectangle(round(left * scale), round(top * scale), *sides)
    return Cut(max(1, round(max(width, height) * scale)), part)
