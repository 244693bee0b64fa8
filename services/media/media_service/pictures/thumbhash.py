"""ThumbHash (Evan Wallace, https://evanw.github.io/thumbhash/): some 25 bytes that draw a picture's colours and shapes
until it is there. Written out here, for its packages on PyPI are left alone since 2023 or new and native.
"""

from math import cos, pi
from typing import NamedTuple

SIDE = 32
"""Pixels of the longest side that are looked at: the hash has at most 7 waves to a side."""


class _Waves(NamedTuple):
    """A channel as waves: its mean, the others as shares of the strongest (0 to 1, 0.5 is none), and that."""

    mean: float
    shares: list[float]
    strongest: float


def thumbhash(width: int, height: int, rgba: bytes) -> bytes:
    """The hash of a small picture in sRGB, its pixels row by row with four bytes each."""
    pixels = [tuple(rgba[start : start + 4]) for start in range(0, len(rgba), 4)]
    opacity = [alpha / 255 for *_, alpha in pixels]
    total = sum(opacity)
    mean = [sum(pixel[band] / 255 * alpha for pixel, alpha in zip(pixels, opacity, strict=True)) for band in range(3)]
    mean = [band / total if total else band for band in mean]
    shown = [
        [mean[band] * (1 - alpha) + pixel[band] / 255 * alpha for band in range(3)]
        for pixel, alpha in zip(pixels, opacity, strict=True)
    ]
    has_alpha = total < len(pixels)
    most = 5 if has_alpha else 7
    longest = max(width, height)
    across, down = max(1, _round(most * width / longest)), max(1, _round(most * height / longest))

    def waves(channel: list[float], nx: int, ny: int) -> _Waves:
        return _waves(channel, width, height, nx, ny)

    light = waves([sum(colour) / 3 for colour in shown], max(3, across), max(3, down))
    yellow = waves([(red + green) / 2 - blue for red, green, blue in shown], 3, 3)
    red = waves([red - green for red, green, _ in shown], 3, 3)
    alpha = waves(opacity, 5, 5) if has_alpha else None
    is_landscape = width > height
    head = (
        _round(63 * light.mean)
        | _round(31.5 + 31.5 * yellow.mean) << 6
        | _round(31.5 + 31.5 * red.mean) << 12
        | _round(31 * light.strongest) << 18
        | has_alpha << 23
    )
    second = (
        (down if is_landscape else across)
        | _round(63 * yellow.strongest) << 3
        | _round(63 * red.strongest) << 9
        | is_landscape << 15
    )
    result = bytearray(head.to_bytes(3, "little") + second.to_bytes(2, "little"))
    if alpha:
        result.append(_round(15 * alpha.mean) | _round(15 * alpha.strongest) << 4)
    shares = [*light.shares, *yellow.shares, *red.shares, *(alpha.shares if alpha else ())]
    halves = [_round(15 * share) for share in shares] + [0] * (len(shares) % 2)
    return bytes(result) + bytes(low | high << 4 for low, high in zip(halves[::2], halves[1::2], strict=True))


def _waves(channel: list[float], width: int, height: int, nx: int, ny: int) -> _Waves:
    """The cosine waves of a channel, low ones first, above the diagonal."""
    across = [[cos(pi / width * wave * (x + 0.5)) for x in range(width)] for wave in range(nx)]
    down = [[cos(pi / height * wave * (y + 0.5)) for y in range(height)] for wave in range(ny)]
    rows = [channel[start : start + width] for start in range(0, len(channel), width)]
    along = [[sum(map(float.__mul__, row, wave)) for row in rows] for wave in across]
    found = [
        sum(map(float.__mul__, along[x], down[y])) / len(channel)
        for y in range(ny)
        for x in range(nx)
        if x * ny < nx * (ny - y)
    ]
    mean, rest = found[0], found[1:]
    strongest = max((abs(value) for value in rest), default=0.0)
    return _Waves(mean, [0.5 + 0.5 / strongest * value if strongest else value for value in rest], strongest)


def _round(value: float) -> int:
    """Round as JavaScript does, whose hashes these are: halves go up."""
    return int(value + 0.5)
