"""Addresses of pictures, where these have an origin of their own."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from media_service.settings import MediaSettings
from media_service.testing.drawn import encoded, picture
from media_service.testing.people import Person

PICTURES = "https://pictures.example"


@pytest.fixture(autouse=True)
def _apart(app: FastAPI, own_settings: MediaSettings) -> None:
    apart = own_settings.model_copy(update={"pictures_url": PICTURES})
    app.state.service = replace(app.state.service, settings=apart)


async def test_every_address_of_a_picture_is_there(alice: Person, render: Any, own_settings: MediaSettings) -> None:
    asset = await alice.has_uploaded(encoded(picture(100, 80)))
    api, own = f"/api/v2/assets/{asset['id']}", f"{PICTURES}/m/{asset['id']}/1"
    render(asset)
    listed = (await alice.get("/api/v1/media")).json()["results"] + (await alice.get("/api/v2/assets")).json()["items"]
    for shown in (asset, *listed, (await alice.get(api)).json()):
        assert all(url.startswith(f"{own}/") for url in shown["urls"].values()), shown
    asked = {"operations": "resize:fit:8:8", "format": "webp"}
    transformed = (await alice.send("POST", f"{api}/transforms", json=asked)).json()["url"]
    linked = (await alice.send("POST", f"{api}/links", json={"expires_in": 60})).json()["url"]
    assert transformed.startswith(f"{PICTURES}/i/")
    assert linked.startswith(f"{PICTURES}/l/")
    assert own_settings.public_url not in asset["urls"]["thumb"]


async def test_pages_and_problems_stay_with_the_api(alice: Person, own_settings: MediaSettings) -> None:
    for side in (8, 9):
        await alice.has_uploaded(encoded(picture(side, side)))
    page = (await alice.get("/api/v1/media?page_size=1")).json()
    assert page["next"].startswith(f"{own_settings.public_url}/api/v1/media")


async def test_a_replaced_picture_leads_to_the_present_one_there(alice: Person, charlie: Person) -> None:
    asset = await alice.has_uploaded(encoded(picture(100, 80)))
    path = f"/api/v2/assets/{asset['id']}"
    tag = (await alice.get(path)).headers["etag"]
    content = encoded(picture(40, 30))
    headers = {"If-Match": tag, "Content-Type": "image/jpeg"}
    assert (await alice.send("PUT", f"{path}/content", content=content, headers=headers)).status_code == 200
    answer = await charlie.get(f"/m/{asset['id']}/1/thumb.webp")
    assert (answer.status_code, answer.headers["location"]) == (308, f"{PICTURES}/m/{asset['id']}/2/thumb.webp")
