"""What is shown of a picture before it is there."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from media_service.decoding.answers import ChildDied, placeholder
from media_service.pictures.thumbhash import thumbhash
from media_service.testing.drawn import encoded, jpeg
from media_service.testing.people import Person
from PIL import Image

Colour = Callable[[int, int], tuple[int, int, int, int]]
# made by thumbhash-python 1.0.1, whose halves are rounded to even where JavaScript's go up
KNOWN: dict[str, tuple[int, int, Colour]] = {
    "dff709459e7087777078778778788787808007f787": (8, 6, lambda x, y: (x * 36, y * 51, 128, 255)),
    "d6b785240e3951078577887718058551aff888878878878808": (6, 8, lambda x, y: (x * 40, y * 30, 90, 255 - x * 40)),
}


@pytest.mark.parametrize("expected", KNOWN)
def test_a_thumbhash_is_that_of_other_programs(expected: str) -> None:
    width, height, colour = KNOWN[expected]
    rgba = bytes(band for y in range(height) for x in range(width) for band in colour(x, y))
    own = thumbhash(width, height, rgba).hex()
    assert len(own) == len(expected)
    assert max(abs(int(a, 16) - int(b, 16)) for a, b in zip(own, expected, strict=True)) <= 1


async def test_an_asset_has_its_placeholder_when_it_is_ready(alice: Person, render: Any) -> None:
    picture = Image.new("RGB", (24, 16), (10, 200, 30))
    picture.paste((250, 250, 250), (0, 0, 8, 16))
    asset = await alice.has_uploaded(encoded(picture, "PNG"))
    own = f"/api/v2/assets/{asset['id']}"
    assert (await alice.get(own)).json()["placeholder"] is None
    render(asset)
    shown = (await alice.get(own)).json()["placeholder"]
    assert shown["color"] == "#0ac81e"
    assert 15 <= len(b64decode(shown["thumbhash"])) <= 30


async def test_nothing_tells_that_another_has_the_placeholder(alice: Person, bob: Person, render: Any) -> None:
    render(await alice.has_uploaded(jpeg()))
    his = await bob.has_uploaded(jpeg())
    assert (await bob.get(f"/api/v2/assets/{his['id']}")).json()["placeholder"] is None


async def test_a_transparent_picture_has_a_placeholder_too(alice: Person, render: Any) -> None:
    asset = await alice.has_uploaded(encoded(Image.new("RGBA", (30, 40), (0, 0, 0, 0)), "PNG"))
    render(asset)
    assert (await alice.get(f"/api/v2/assets/{asset['id']}")).json()["placeholder"]["color"] == "#ffffff"


@pytest.mark.parametrize(
    "told",
    [None, [], ["AAAAAAAA"], ["AAAAAAAA", "red"], ["<script>", "#ffffff"], ["A" * 60, "#ffffff"], [1, "#ffffff"]],
)
def test_a_placeholder_that_makes_no_sense_is_none(told: Any) -> None:
    with pytest.raises(ChildDied):
        placeholder({"placeholder": told})
