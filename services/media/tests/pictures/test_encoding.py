"""Drawings and screens keep their thin coloured lines; photographs take no more bytes than they did."""

import pytest
from media_service.demo.drawing import draw
from media_service.pictures.encoding import EFFORT, QUALITY, encode
from media_service.pictures.forms import WEBP
from media_service.pictures.vips import Image as Pixels
from media_service.testing.drawn import difference, encoded, opened
from PIL import Image, ImageDraw

RED, GREEN, BLUE, ORANGE = (230, 0, 0), (0, 160, 0), (0, 0, 230), (255, 165, 0)


def pixels(image: Image.Image) -> Pixels:
    return Pixels.new_from_buffer(encoded(image, "PNG"), "").copy_memory()


def lossy(image: Pixels) -> bytes:
    content: bytes = image.webpsave_buffer(Q=QUALITY, effort=EFFORT, keep="none")
    return content


def page(background: str = "white") -> Image.Image:
    """Coloured text and lines of one pixel."""
    image = Image.new("RGB", (400, 240), background)
    pen = ImageDraw.Draw(image)
    for row in range(11):
        pen.text((8, 4 + 20 * row), "Thin coloured text 0123456789", fill=(RED, GREEN, BLUE)[row % 3])
    for x in range(230, 392, 4):
        pen.line((x, 4, x, 236), fill=RED if x % 8 else GREEN)
    return image


def chart() -> Image.Image:
    """Curves with soft edges, as a chart that was made smaller has them."""
    image = Image.new("RGB", (1600, 960), "white")
    pen = ImageDraw.Draw(image)
    for number, colour in enumerate((RED, GREEN, BLUE, ORANGE)):
        points = [(x, 480 + 90 * number * ((x * 7919 + number * 104729) % 13 - 6) / 6) for x in range(0, 1601, 40)]
        pen.line(points, fill=colour, width=3)
    return image.resize((800, 480), Image.Resampling.LANCZOS)


def ramp() -> Image.Image:
    return Image.linear_gradient("L").resize((512, 512), Image.Resampling.NEAREST).convert("RGB")


def glass() -> Image.Image:
    """A drawing through which something shines."""
    image = page().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA"))


@pytest.mark.parametrize(
    "drawn", [page(), page("black"), chart(), ramp(), glass(), page().convert("P"), ramp().convert("L")]
)
def test_a_drawing_is_kept_nearly_as_it_is(drawn: Image.Image) -> None:
    made = opened(encode(pixels(drawn), WEBP))
    assert made.mode == ("RGBA" if drawn.mode == "RGBA" else "RGB")
    assert difference(on_white(made), on_white(drawn)) < 0.5


def test_a_form_without_loss_that_is_smaller_is_taken() -> None:
    for drawn in (page(), ramp(), Image.new("RGB", (300, 200), "navy")):
        content = encode(pixels(drawn), WEBP)
        assert len(content) <= len(lossy(pixels(drawn)))
        assert opened(content).convert("RGB").tobytes() == drawn.tobytes()


def test_soft_edges_take_few_more_bytes() -> None:
    assert len(encode(pixels(chart()), WEBP)) <= 2.5 * len(lossy(pixels(chart())))


def _painted() -> Pixels:
    return Pixels.new_from_buffer(draw(0), "").thumbnail_image(800).copy_memory()


def _grained() -> Pixels:
    return Pixels.gaussnoise(400, 300, mean=128, sigma=40, seed=1).gaussblur(2).cast("uchar").copy_memory()


def _out_of_focus() -> Pixels:
    """So smooth that most of its pixels continue their neighbours."""
    return Pixels.gaussnoise(400, 300, mean=128, sigma=2000, seed=1).gaussblur(25).cast("uchar").copy_memory()


@pytest.mark.parametrize("photograph", [_painted(), _grained(), _out_of_focus()])
def test_a_photograph_takes_no_more_bytes(photograph: Pixels) -> None:
    image = photograph.colourspace("srgb")
    content = encode(image, WEBP)
    assert len(content) <= 1.05 * len(lossy(image))


def test_the_least_picture_there_is() -> None:
    assert opened(encode(pixels(Image.new("RGB", (1, 1), RED)), WEBP)).getpixel((0, 0)) == RED
