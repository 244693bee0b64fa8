"""Scenes of the demo pictures as SVG. A palette has the ground first, then the colours drawn on it."""

from collections.abc import Iterable, Sequence
from math import cos, pi, sin
from random import Random

WIDTH, HEIGHT = 1600, 1067


def hills(chance: Random, palette: Sequence[str]) -> str:
    """A sky that fades, a disc in it, and hills that darken towards us."""
    sky, glow, far, near = palette
    x, y = chance.uniform(0.25, 0.75) * WIDTH, chance.uniform(0.3, 0.4) * HEIGHT
    stops = f'<stop stop-color="{sky}"/><stop offset="0.8" stop-color="{glow}"/>'
    shapes = [
        f'<defs><linearGradient id="sky" x2="0" y2="1">{stops}</linearGradient></defs>',
        _rectangle(0, 0, WIDTH, HEIGHT, "url(#sky)"),
        *(_circle(x, y, 90 + 70 * ring, "#fff6e0", 0.9 if not ring else 0.1) for ring in range(4)),
    ]
    for layer in range(7):
        phases = [chance.uniform(0, 2 * pi) for _ in range(3)]
        base, swing = HEIGHT * (0.5 + 0.075 * layer), 70 - 5 * layer
        points = [
            (at, base + swing * sum(sin(at / WIDTH * pi * (2 + 3 * n) + phases[n]) / (n + 1) for n in range(3)))
            for at in range(0, WIDTH + 1, 20)
        ]
        shapes.append(_below(points, far if layer < 4 else near, 0.35 + 0.1 * layer))
    return "".join(shapes)


def type_case(chance: Random, palette: Sequence[str]) -> str:
    """Rows of blocks like set type, with leading between them, some inked in the second colour."""
    paper, accent, ink, wood = palette
    shapes = [_rectangle(0, 0, WIDTH, HEIGHT, wood)]
    y = 30.0
    while y < HEIGHT - 60:
        high, x = chance.choice((60.0, 95.0, 150.0)), 30.0
        colour = accent if chance.random() < 0.25 else ink
        while x < WIDTH - 60:
            wide = high * chance.choice((0.35, 0.6, 0.75, 1.0))
            wide = min(wide, WIDTH - 30 - x)
            shapes.append(_rectangle(x, y, wide, high, paper))
            shapes.extend(_letter(chance, (x + 6, y + 6, wide - 12, high - 12), colour))
            x += wide + 5
        y += high + 14
    return "".join(shapes)


def tiles(chance: Random, palette: Sequence[str]) -> str:
    """A grid of quarter and half circles."""
    side = WIDTH / 12
    shapes = [_rectangle(0, 0, WIDTH, HEIGHT, palette[0])]
    for row in range(9):
        for column in range(12):
            x, y = column * side, row * side
            ground, colour = chance.sample(list(palette), 2)
            shapes.append(_rectangle(x, y, side + 1, side + 1, ground))
            turn = chance.choice((0, 90, 180, 270))
            reach = chance.choice((side, side, side / 2))
            shapes.append(
                f'<path d="M0 0H{reach:.1f}A{reach:.1f} {reach:.1f} 0 0 1 0 {reach:.1f}Z" fill="{colour}" '
                f'transform="translate({x:.1f} {y:.1f}) rotate({turn} {side / 2:.1f} {side / 2:.1f})"/>'
            )
    return "".join(shapes)


def halftone(chance: Random, palette: Sequence[str]) -> str:
    """A disc above a horizon, in dots whose size is the tone."""
    paper, bright, dark, soft = palette
    x0, y0, radius, step = chance.uniform(0.4, 0.6) * WIDTH, 0.45 * HEIGHT, 0.33 * HEIGHT, 17
    shapes = [_rectangle(0, 0, WIDTH, HEIGHT, paper)]
    for row in range(HEIGHT // step + 2):
        for column in range(WIDTH // step + 2):
            x, y = column * step + (row % 2) * step / 2, row * step
            inside = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5 < radius
            if y > 0.7 * HEIGHT:
                shapes.append(_circle(x, y, step * 0.62 * (y / HEIGHT) ** 2, dark))
            elif inside:
                shapes.append(_circle(x, y, step * (0.3 + 0.3 * (y - y0 + radius) / (2 * radius)), bright))
            else:
                shapes.append(_circle(x, y, step * 0.28 * (1 - y / HEIGHT), soft))
    return "".join(shapes)


def ridges(chance: Random, palette: Sequence[str]) -> str:
    """Lines one before the other, each hiding what is behind it."""
    ground, line, accent, _ = palette
    shapes = [_rectangle(0, 0, WIDTH, HEIGHT, ground)]
    for number in range(34):
        base = 250 + number * 22
        peaks = [(chance.gauss(0.5, 0.11), chance.uniform(0.02, 0.05), chance.uniform(15, 90)) for _ in range(7)]
        points = [
            (at, base - sum(tall * 2.718 ** (-(((at / WIDTH - middle) / wide) ** 2)) for middle, wide, tall in peaks))
            for at in range(120, WIDTH - 119, 8)
        ]
        stroke = accent if number == 17 else line
        shapes.append(f'<path d="{_path(points)}" fill="{ground}" stroke="{stroke}" stroke-width="2.5"/>')
    return "".join(shapes)


def arcs(chance: Random, palette: Sequence[str]) -> str:
    """Overlapping scales of concentric rings."""
    ground, *colours = palette
    radius = 100
    shapes = [_rectangle(0, 0, WIDTH, HEIGHT, ground)]
    for row in range(-1, 24):
        for column in range(-1, 10):
            x, y = column * 2 * radius + (row % 2) * radius, row * radius / 2
            first = chance.randrange(3)
            for ring in range(5):
                colour = ground if ring % 2 else colours[(first + ring) % 3]
                shapes.append(_circle(x, y, radius * (1 - 0.19 * ring), colour))
    return "".join(shapes)


def _letter(chance: Random, box: tuple[float, float, float, float], colour: str) -> Iterable[str]:
    """Stems, a bar and a bowl that could be a letter of some alphabet."""
    x, y, wide, high = box
    stem = max(wide * 0.24, 5)
    yield _rectangle(x, y, stem, high, colour)
    if chance.random() < 0.6:
        yield _rectangle(x + wide - stem, y, stem, high, colour)
    if chance.random() < 0.7:
        yield _rectangle(x, y + high * chance.choice((0, 0.42, 0.84)), wide, high * 0.16, colour)
    if chance.random() < 0.4:
        yield _circle(x + wide / 2, y + high * (0.5 + 0.2 * cos(wide)), min(wide, high) * 0.28, colour)


def _rectangle(x: float, y: float, wide: float, high: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{fill}"/>'


def _circle(x: float, y: float, radius: float, fill: str, opacity: float = 1) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" opacity="{opacity:.2f}"/>'


def _below(points: Sequence[tuple[float, float]], fill: str, opacity: float) -> str:
    return f'<path d="{_path(points)}V{HEIGHT}H0Z" fill="{fill}" opacity="{opacity:.2f}"/>'


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
