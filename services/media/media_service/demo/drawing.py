"""The demo pictures: drawn by rule, each the same on every machine, none taken from elsewhere.

A scene is SVG made of a palette and a seed; libvips renders it and adds the grain of paper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from media_service.demo.scenes import HEIGHT, WIDTH, arcs, halftone, hills, ridges, tiles, type_case
from media_service.pictures.vips import Image, operation_block_set

Palette = Sequence[str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture: what it shows in words, and how it is drawn."""

    alt: str
    scene: Callable[[Random, Palette], str]
    palette: Palette


DRAWINGS = (
    Drawing("Layered hills under the first light of a morning", hills, ("#f9c784", "#e76f51", "#5b3758", "#241e3d")),
    Drawing("A forme of wooden type, inked in red and black", type_case, ("#efe6d2", "#b3261e", "#1d1b1a", "#c9b48c")),
    Drawing("Tiles of quarter circles in blue and ochre", tiles, ("#f2ead8", "#22577a", "#e09f3e", "#9e2a2b")),
    Drawing("A halftone sun over the horizon", halftone, ("#fff3e0", "#ef6c00", "#4e342e", "#ffcc80")),
    Drawing("Mountain ridges drawn in white lines on black", ridges, ("#101820", "#f4f4f2", "#f2aa4c", "#2a3642")),
    Drawing("Waves of overlapping arcs in indigo", arcs, ("#e8eef2", "#1b3a5c", "#4f7cac", "#c0d6df")),
    Drawing("Hills at night under a low moon", hills, ("#0b132b", "#3a506b", "#1c2541", "#060a17")),
    Drawing("Letterpress blocks in green, set for printing", type_case, ("#f1efe4", "#2f5d50", "#20302b", "#a3b18a")),
    Drawing("A patchwork of circles in rose and grey", tiles, ("#f7ede2", "#84a59d", "#f28482", "#3d405b")),
    Drawing("A halftone moon in shades of violet", halftone, ("#231942", "#e0b1cb", "#9f86c0", "#5e548e")),
    Drawing("Ridges of sound in teal ink on paper", ridges, ("#f5f1e8", "#0f4c5c", "#e36414", "#dcd5c4")),
    Drawing("Fish scales in coral and cream", arcs, ("#fdf0d5", "#c1121f", "#e5989b", "#ffcdb2")),
)


def draw(number: int) -> bytes:
    """The picture of DRAWINGS[number] as a JPEG of WIDTH by HEIGHT pixels."""
    drawing = DRAWINGS[number]
    body = drawing.scene(Random(number), drawing.palette)  # noqa: S311  pretty, not secret
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">{body}</svg>'
    grain = Image.gaussnoise(WIDTH, HEIGHT, mean=0, sigma=5, seed=number)
    operation_block_set("VipsForeignLoadSvg", False)  # for what is written here
    try:
        picture = (Image.svgload_buffer(svg.encode()).flatten() + grain).cast("uchar").copy(interpretation="srgb")
        content: bytes = picture.jpegsave_buffer(Q=88, keep="none")
    finally:
        operation_block_set("VipsForeignLoadSvg", True)
    return content
