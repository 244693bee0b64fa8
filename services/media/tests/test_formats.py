"""Pictures that browsers show as they are stay what they are; those that few show become what all do."""

from typing import Any

import pytest
from media_service.testing.drawn import difference, encoded, opened, picture
from media_service.testing.drawn_heic import coded, heic, transparent, turned
from media_service.testing.people import Person
from PIL import Image

SENT = {
    "AVIF": (encoded(picture(400, 300), "AVIF"), "image/avif", "avif"),
    "HEIC": (heic(coded(picture(400, 300))), "image/jpeg", "jpg"),
    "transparent HEIC": (transparent(picture(400, 300)), "image/png", "png"),
}


@pytest.mark.parametrize("kind", SENT)
async def test_it_is_uploaded_rendered_and_served(alice: Person, render: Any, kind: str) -> None:
    content, mime, extension = SENT[kind]
    asset = await alice.has_uploaded(content)
    assert (asset["mime"], asset["width"], asset["height"]) == (mime, 400, 300)
    assert asset["urls"]["original"].endswith(f"/original.{extension}")
    render(asset)
    original = await alice.get(asset["urls"]["original"])
    assert (original.headers["content-type"], opened(original.content).size) == (mime, (400, 300))
    assert opened((await alice.get(asset["urls"]["thumb"])).content).size == (320, 240)


async def test_a_picture_of_a_phone_held_sideways_is_upright(alice: Person) -> None:
    asset = await alice.has_uploaded(heic(coded(picture(), turned(1))))
    assert (asset["width"], asset["height"]) == (48, 64)
    original = opened((await alice.get(asset["urls"]["original"])).content)
    assert difference(original, picture().transpose(Image.Transpose.ROTATE_90)) < 6
