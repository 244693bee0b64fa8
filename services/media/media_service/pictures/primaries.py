"""Primaries: what red, green, blue and white of a picture are, and the way from there to those of sRGB."""

from functools import reduce

Primaries = tuple[tuple[float, float], ...]
"""Chromaticities (x, y) of red, green, blue and white."""
Matrix = list[list[float]]

D65, C, E, THEATRE = (0.3127, 0.3290), (0.310, 0.316), (1 / 3, 1 / 3), (0.314, 0.351)

PRIMARIES: dict[int, Primaries] = {  # ITU-T H.273, table 2
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65),
    4: ((0.670, 0.330), (0.210, 0.710), (0.140, 0.080), C),
    5: ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), C),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    10: ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), E),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), THEATRE),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), D65),
}
SRGB = PRIMARIES[1]
BRADFORD = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]


def to_srgb(primaries: Primaries) -> Matrix:
    """The matrix from light in these primaries to light in those of sRGB, white staying white (Bradford).

    Raises vips.Error or ZeroDivisionError where they span no colours.
    """
    here, there = (_product(BRADFORD, _white(of)) for of in (primaries, SRGB))
    adapted = _diagonal([row[0] / other[0] for row, other in zip(there, here, strict=True)])
    return _product(_inverse(_light_to_xyz(SRGB)), _inverse(BRADFORD), adapted, BRADFORD, _light_to_xyz(primaries))


def _light_to_xyz(primaries: Primaries) -> Matrix:
    columns = [[x, y, 1 - x - y] for x, y in primaries[:3]]
    directions = [list(row) for row in zip(*columns, strict=True)]
    amounts = _product(_inverse(directions), _white(primaries))
    return _product(directions, _diagonal([row[0] for row in amounts]))


def _white(primaries: Primaries) -> Matrix:
    x, y = primaries[3]
    return [[x / y], [1.0], [(1 - x - y) / y]]


def _diagonal(values: list[float]) -> Matrix:
    return [[value if column == row else 0.0 for column in range(3)] for row, value in enumerate(values)]


def _inverse(matrix: Matrix) -> Matrix:
    """By cofactors. libvips could do it, but then would have run before decoding children are forked."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    cofactors = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ]
    determinant = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0]
    return [[value / determinant for value in row] for row in cofactors]


def _product(*matrices: Matrix) -> Matrix:
    return reduce(
        lambda one, other: [
            [sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*other, strict=True)] for row in one
        ],
        matrices,
    )
