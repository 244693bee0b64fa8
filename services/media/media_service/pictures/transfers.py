"""Transfer functions (ITU-T H.273, table 3): from a stored number, 0 to 1, to light; 1 is the white of a screen."""

import math
from collections.abc import Callable

Transfer = Callable[[float], float]

REFERENCE_WHITE = 203  # cd/m², ITU-R BT.2408


def power(exponent: float) -> Transfer:
    return lambda number: float(number**exponent)


def srgb(number: float) -> float:
    return number / 12.92 if number <= 0.04045 else ((number + 0.055) / 1.055) ** 2.4


def smpte_240(number: float) -> float:
    return number / 4 if number < 0.0913 else ((number + 0.1115) / 1.1115) ** (1 / 0.45)


def cinema(number: float) -> float:
    """SMPTE ST 428-1, whose white is below its largest number."""
    return float(min(number**2.6 * 52.37 / 48, 1.0))


def pq(number: float) -> float:
    """SMPTE ST 2084: up to 10,000 cd/m²."""
    root: float = number ** (32 / 2523)
    light = max(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)
    return float(light ** (16384 / 2610)) * 10_000 / REFERENCE_WHITE


def hlg(number: float) -> float:
    """ITU-R BT.2100 HLG: light of the scene, of which 1 is the brightest there is."""
    return number**2 / 3 if number <= 0.5 else (math.exp((number - 0.55991073) / 0.17883277) + 0.28466892) / 12


TRANSFERS: dict[int, Transfer] = {
    **dict.fromkeys((1, 6, 11, 14, 15), power(2.4)),  # as screens show television, ITU-R BT.1886
    4: power(2.2),
    5: power(2.8),
    7: smpte_240,
    8: power(1),
    13: srgb,
    16: pq,
    17: cinema,
    18: hlg,
}
