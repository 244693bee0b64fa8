"""Pictures in sizes that are asked for, at addresses that the platform has signed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from chassis.metrics import metric
from fastapi import FastAPI
from media_service.database import Database
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.renditions.selectors import shown_asset
from media_service.settings import MediaSettings
from media_service.signed_paths import SignedPath
from media_service.signing import Purpose, SigningKeys
from media_service.storage.store import Store
from media_service.sweeping.reconciling import Drift, drift_repair, folders_compare
from media_service.sweeping.services import storage_sweep
from media_service.testing.drawn import encoded, jpeg, opened, picture
from media_service.testing.people import Json, Person, files_in
from media_service.transforms import services
from media_service.transforms.models import Derivative, Wanted
from media_service.transforms.operations import Operations
from obstore.exceptions import PermissionDeniedError
from PIL import Image
from sqlalchemy import select, update

from tests.support.waiting import eventually

SMALLER = "resize:fit:100:100"
OUTCOMES = ("drawn", "removed", "undecodable", "failed")
Bound = Callable[..., None]


@pytest.fixture
async def asset(alice: Person, render: Any) -> Json:
    """A picture of alice's that is ready, see ``stripes``."""
    asset = await alice.has_uploaded(encoded(stripes(), "PNG"))
    render(asset)
    return asset


def stripes() -> Image.Image:
    """400 by 200 pixels, red on the left, green in the middle, blue on the right."""
    image = Image.new("RGB", (400, 200), "lime")
    image.paste("red", (0, 0, 100, 200))
    image.paste("blue", (300, 0, 400, 200))
    return image


async def signed(who: Person, asset: Json, operations: str = SMALLER, **more: Any) -> str:
    answer = await who.send("POST", f"/api/v2/assets/{asset['id']}/transforms", json={"operations": operations, **more})
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    return url


def kept(database: Database) -> list[Derivative]:
    with database.reading() as session:
        return list(session.scalars(select(Derivative).order_by(Derivative.used_at)))


@pytest.mark.parametrize(
    ("operations", "size", "left", "right"),
    [
        ("resize:fit:100:100", (100, 50), "red", "blue"),
        ("resize:fit:1000:1000", (400, 200), "red", "blue"),
        ("resize:crop:50:50", (50, 50), "lime", "lime"),
        ("resize:fill:50:50", (50, 50), "lime", "lime"),
        ("resize:fill:50:50/focal:0:0", (50, 50), "red", "lime"),
        ("resize:fill:50:50/focal:1:0.5", (50, 50), "lime", "blue"),
        ("resize:fill:800:800", (200, 200), "lime", "lime"),
        ("crop:0:0:100:200", (100, 200), "red", "red"),
        ("crop:0:0:200:200/resize:fit:50:50", (50, 50), "red", "lime"),
        ("crop:200:0:200:200/resize:crop:10:20", (10, 20), "lime", "blue"),
        ("crop:200:0:200:100/resize:fill:20:20/focal:1:0", (20, 20), "blue", "blue"),
    ],
)
async def test_a_picture_is_cut_and_made_smaller_never_larger(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, operations: str, size: tuple[int, int], left: str, right: str
) -> None:
    answer = await charlie.get(await signed(alice, asset, operations))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    image = opened(answer.content).convert("RGB")
    assert image.size == size
    assert (colour(image, 1), colour(image, size[0] - 2)) == (left, right)


def colour(image: Image.Image, x: int) -> str:
    """The colour it has most of at a place."""
    middle = image.height // 2
    pixel = image.crop((x, middle, x + 1, middle + 1)).tobytes()
    return ("red", "lime", "blue")[pixel.index(max(pixel))]


@pytest.mark.parametrize(("extension", "form"), [("webp", "WEBP"), ("avif", "AVIF"), ("jpg", "JPEG")])
async def test_it_is_had_in_any_form_and_quality(
    alice: Person, charlie: Person, render: Any, extension: str, form: str
) -> None:
    asset = await alice.has_uploaded(encoded(picture(300, 200)))
    render(asset)
    sizes = []
    for quality in (10, 90):
        answer = await charlie.get(await signed(alice, asset, f"quality:{quality}", format=extension))
        assert opened(answer.content).format == form
        sizes.append(len(answer.content))
    assert sizes[0] < sizes[1]


async def test_the_focal_point_is_written_into_the_address(alice: Person, charlie: Person, asset: Json) -> None:
    tag = (await alice.get(f"/api/v2/assets/{asset['id']}")).headers["etag"]
    change = {"focal": {"x": 0.0, "y": 0.12341}}
    await alice.send("PATCH", f"/api/v2/assets/{asset['id']}", json=change, headers={"If-Match": tag})
    url = await signed(alice, asset, "quality:90/resize:fill:50:50")
    assert "/resize:fill:50:50,focal:0:0.1234,quality:90/" in url
    assert colour(opened((await charlie.get(url)).content).convert("RGB"), 10) == "red"
    assert "focal" not in await signed(alice, asset, "resize:fit:50:50")


async def test_it_is_served_as_renditions_are(alice: Person, charlie: Person, asset: Json) -> None:
    url = await signed(alice, asset)
    whole = await charlie.get(url)
    headers = whole.headers
    assert headers["cache-control"] == "public, max-age=86400, s-maxage=3600"
    assert headers["cache-tag"] == headers["surrogate-key"] == asset["id"]
    assert (headers["x-content-type-options"], headers["accept-ranges"]) == ("nosniff", "bytes")
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["content-disposition"] == f'inline; filename="{asset["id"]}.webp"'
    part = await charlie.get(url, range="bytes=5-9", if_range=headers["etag"])
    assert (part.status_code, part.content) == (206, whole.content[5:10])
    assert (await charlie.get(url, if_none_match=headers["etag"])).status_code == 304
    head = await charlie.send("HEAD", url)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, headers["content-length"], b"")


@pytest.mark.parametrize(
    "operations",
    [
        "",
        "resize:fit:0:100",
        "resize:fit:100",
        "resize:fit:100:-1",
        "resize:fit:0100:100",
        "resize:fit:1e2:100",
        "resize:fit:nan:100",
        "resize:fit:4097:100",
        "resize:grow:100:100",
        "resize:fill:50:50/focal:1.5:0",
        "resize:fill:50:50/focal:0.50:0",
        "resize:fill:50:50/focal:inf:0",
        "resize:fit:50:50/focal:0.5:0.5",
        "focal:0.5:0.5",
        "quality:0",
        "quality:101",
        "quality:50/quality:60",
        "crop:0:0:401:200",
        "crop:399:0:2:200",
        "crop:0:0:0:200",
        "rotate:90",
        "resize:fit:50:50/",
        "resize:fit:50:50,quality:50",
        "quality:\N{ARABIC-INDIC DIGIT FIVE}",
    ],
)
async def test_what_makes_no_sense_is_refused(alice: Person, asset: Json, operations: str) -> None:
    answer = await alice.send("POST", f"/api/v2/assets/{asset['id']}/transforms", json={"operations": operations})
    assert (answer.status_code, answer.json()["code"]) == (400, "operation_invalid")


@pytest.mark.parametrize(
    "change", [{"format": "gif"}, {"expires_in": 0}, {"expires_in": "60"}, {"operations": "q" * 101}]
)
async def test_wrong_fields_are_named(alice: Person, asset: Json, change: Json) -> None:
    body = {"operations": SMALLER} | change
    answer = await alice.send("POST", f"/api/v2/assets/{asset['id']}/transforms", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(change))}"


async def test_only_the_owner_has_addresses_signed(bob: Person, charlie: Person, asset: Json) -> None:
    for who, status in ((bob, 404), (charlie, 401)):
        answer = await who.send("POST", f"/api/v2/assets/{asset['id']}/transforms", json={"operations": SMALLER})
        assert answer.status_code == status


async def test_no_letter_of_an_address_can_be_changed(
    alice: Person, charlie: Person, asset: Json, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await signed(alice, asset, "resize:fit:100:100/quality:50", expires_in=600)

    async def looks(*_: object, **__: object) -> None:
        raise AssertionError("the database is asked before the signature is compared")

    monkeypatch.setattr("media_service.database.AsyncDatabase.read", looks)
    head, slash, path = url.partition("/i/")
    for place, letter in enumerate(path):
        changed = "b" if letter == "a" else "a"
        answer = await charlie.get(head + slash + path[:place] + changed + path[place + 1 :])
        assert (answer.status_code, answer.json()["code"]) in ((403, "signature_invalid"), (404, "not_found")), place
        assert answer.status_code == 403 or letter in "/."
    for other in (path.replace(":", "%3A"), path.replace("fit:100", "fit:0100"), f"{path}/", f"{path}.webp"):
        assert (await charlie.get(head + slash + other)).status_code in {403, 404}
    assert kept(database) == []


async def test_a_signature_holds_for_its_purpose_and_its_spelling_alone(
    charlie: Person, asset: Json, own_settings: MediaSettings
) -> None:
    def address(operations: str, purpose: Purpose = Purpose.TRANSFORMS) -> str:
        keys = SigningKeys(purpose, own_settings.signing_keys)
        return SignedPath("i", UUID(asset["id"]), None, f"/{operations}/{asset['sha256']}.webp").signed(keys)

    assert (await charlie.get(address(SMALLER))).status_code == 200
    assert (await charlie.get(address(SMALLER, Purpose.LINKS))).status_code == 403
    for operations in ("quality:50,resize:fit:9:9", "resize:fit:4097:9", "crop:0:0:401:1"):
        answer = await charlie.get(address(operations))
        assert (answer.status_code, answer.json()["code"]) == (400, "operation_invalid"), operations


async def test_keys_rotate(
    alice: Person, charlie: Person, asset: Json, app: FastAPI, own_settings: MediaSettings
) -> None:
    def use(key: str, fallback: str) -> None:
        settings = own_settings.model_copy(update={"signing_key": key, "signing_key_fallback": fallback})
        app.state.service = replace(app.state.service, settings=settings)

    old, new = "o" * 32, "n" * 32
    use(old, "")
    before = await signed(alice, asset)
    use(new, old)
    after = await signed(alice, asset)
    assert before != after
    assert [(await charlie.get(url)).status_code for url in (before, after)] == [200, 200]
    use(new, "")
    assert [(await charlie.get(url)).status_code for url in (before, after)] == [403, 200]


async def test_an_address_ends_and_no_cache_has_it_longer(
    alice: Person, charlie: Person, asset: Json, own_settings: MediaSettings
) -> None:
    answer = await charlie.get(await signed(alice, asset, expires_in=600))
    ages = {int(part.partition("=")[2]) for part in answer.headers["cache-control"].split(", ")[1:]}
    assert all(590 <= age <= 600 for age in ages)
    keys = SigningKeys(Purpose.TRANSFORMS, own_settings.signing_keys)
    past = datetime.now(UTC) - timedelta(seconds=1)
    ended = SignedPath("i", UUID(asset["id"]), past, f"/{SMALLER}/{asset['sha256']}.webp").signed(keys)
    answer = await charlie.get(ended)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_picture_that_is_not_drawn_yet_is_promised(alice: Person, charlie: Person, render: Any) -> None:
    asset = await alice.has_uploaded(jpeg())
    url = await signed(alice, asset)
    answer = await charlie.get(url)
    assert (answer.status_code, answer.headers["retry-after"], answer.headers["cache-control"]) == (
        202,
        "1",
        "no-store",
    )
    render(asset)
    assert (await charlie.get(url)).status_code == 200


async def test_it_is_drawn_once_and_kept(alice: Person, charlie: Person, asset: Json, drawings: list[int]) -> None:
    url = await signed(alice, asset)
    first, second = await charlie.get(url), await charlie.get(url)
    assert (first.content, first.headers["etag"]) == (second.content, second.headers["etag"])
    assert len(drawings) == 1


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One for each time that something was drawn."""
    drawn, cut = [], Decoder.cut

    def counted(*asked: Any, **more: Any) -> Any:
        drawn.append(1)
        return cut(*asked, **more)

    monkeypatch.setattr(Decoder, "cut", counted)
    return drawn


async def test_another_replica_that_draws_it_is_waited_for(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, database: Database, store: Store, drawings: list[int], app: FastAPI
) -> None:
    url, now = await signed(alice, asset), datetime.now(UTC)
    wanted = await wanted_of(app, asset)
    with database.writing() as session:
        claim = services.derivative_claim(session, wanted, now=now)
        assert claim
        assert services.derivative_claim(session, wanted, now=now) is None

    async def elsewhere() -> None:
        await asyncio.to_thread(eventually, lambda: app.state.derivatives.making.under_way)
        store.put(Derivative(id=claim, **wanted.key).key, b"drawn elsewhere")
        with database.writing() as session:
            bounds = app.state.service.settings.derived_bounds
            services.derivative_keep(session, claim, wanted, sha256="0" * 64, size=15, bounds=bounds)

    _, answer = await asyncio.gather(elsewhere(), charlie.get(url))
    assert (answer.status_code, answer.content, drawings) == (200, b"drawn elsewhere", [])


async def wanted_of(app: FastAPI, asset: Json) -> Wanted:
    found = await app.state.service.database.read(shown_asset, UUID(asset["id"]))
    return Wanted(found, SMALLER, "image/webp")


async def test_who_took_too_long_is_not_waited_for(app: FastAPI, asset: Json, database: Database) -> None:
    wanted, now = await wanted_of(app, asset), datetime.now(UTC)
    bounds = app.state.service.settings.derived_bounds
    with database.writing() as session:
        first = services.derivative_claim(session, wanted, now=now - services.GIVEN_UP_AFTER)
        second = services.derivative_claim(session, wanted, now=now)
        assert second is not None
        session.expire_all()
        assert services.derivative_keep(session, first, wanted, sha256="", size=1, bounds=bounds) == (None, [])  # type: ignore[arg-type]
        assert services.derivative_keep(session, second, wanted, sha256="", size=1, bounds=bounds)[0]


async def test_who_takes_long_is_waited_for_while_it_says_so(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, wanted, cut, held = await signed(alice, asset), await wanted_of(app, asset), Decoder.cut, Event()

    def cut_when_held(*asked: Any, **more: Any) -> Any:
        assert held.wait(30)
        return cut(*asked, **more)

    monkeypatch.setattr(Decoder, "cut", cut_when_held)
    monkeypatch.setattr(services, "HELD_EVERY", timedelta(milliseconds=20))
    drawing = asyncio.ensure_future(charlie.get(url))
    await asyncio.to_thread(eventually, lambda: kept(database))
    with database.writing() as session:
        session.execute(update(Derivative).values(used_at=datetime.now(UTC) - 2 * services.GIVEN_UP_AFTER))
    since = datetime.now(UTC) - services.GIVEN_UP_AFTER
    await asyncio.to_thread(eventually, lambda: kept(database)[0].used_at > since)
    with database.writing() as session:
        assert services.derivative_claim(session, wanted, now=datetime.now(UTC)) is None
    held.set()
    await drawing
    await asyncio.to_thread(eventually, lambda: not app.state.derivatives.making.under_way)
    assert (await charlie.get(url)).status_code == 200


async def test_a_drawing_whose_row_cannot_be_kept_leaves_no_file(  # noqa: PLR0917  fixtures
    alice: Person,
    charlie: Person,
    asset: Json,
    database: Database,
    store_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, before = await signed(alice, asset), files_in(store_folder)

    def fail(*_: object, **__: object) -> None:
        raise OSError("the database is away")

    monkeypatch.setattr(services, "derivative_keep", fail)
    assert (await charlie.get(url)).status_code == 202
    assert (files_in(store_folder), kept(database)) == (before, [])


class NotAllowed:
    """A store that lets its files be written and read, and does not let them be removed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = list[str]()
        monkeypatch.setattr(Store, "remove_keys", self._refuse)

    def _refuse(self, keys: list[str]) -> None:
        self.asked += keys
        raise PermissionDeniedError("no right to delete")


def outcomes() -> dict[str, float]:
    """How many attempts to draw something had which outcome, and how many drawings had to go."""
    drawn = {outcome: metric("media_transforms_total").labels("webp", outcome)._value.get() for outcome in OUTCOMES}
    return drawn | {"evicted": metric("media_transforms_evicted_total")._value.get()}


def since(before: dict[str, float]) -> dict[str, float]:
    return {name: now - before[name] for name, now in outcomes().items() if now != before[name]}


async def test_a_file_that_cannot_be_removed_spoils_no_drawing(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, bound: Bound, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound(per_asset=1)
    refusing, before = NotAllowed(monkeypatch), outcomes()
    for side in (10, 20):
        assert (await charlie.get(await signed(alice, asset, f"resize:fit:{side}:{side}"))).status_code == 200
    assert [each.operations for each in kept(database)] == ["resize:fit:20:20"]
    assert (since(before), len(refusing.asked)) == ({"drawn": 2, "evicted": 1}, 1)


async def test_a_file_that_cannot_be_removed_spoils_no_answer(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, bound: Bound, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound(per_asset=1)
    assert (await charlie.get(await signed(alice, asset, "resize:fit:10:10"))).status_code == 200
    refusing, before = NotAllowed(monkeypatch), outcomes()

    def refuse(*_: object, **__: object) -> None:
        raise Undecodable("out of colours")

    def fail(*_: object, **__: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as undrawn:
        undrawn.setattr(Decoder, "cut", refuse)
        answer = await charlie.get(await signed(alice, asset, "resize:fit:20:20"))
        assert (answer.status_code, answer.json()["code"]) == (404, "rendition_failed")
    monkeypatch.setattr(services, "derivative_keep", fail)
    assert (await charlie.get(await signed(alice, asset, "resize:fit:30:30"))).status_code == 202
    assert [each.operations for each in kept(database)] == ["resize:fit:20:20"]
    assert (since(before), len(refusing.asked)) == ({"undecodable": 1, "failed": 1, "evicted": 1}, 2)


async def test_what_cannot_be_drawn_is_said_once_and_for_all(
    alice: Person, charlie: Person, asset: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse(*_: object, **__: object) -> None:
        tries.append(1)
        raise Undecodable("out of colours")

    monkeypatch.setattr(Decoder, "cut", refuse)
    url = await signed(alice, asset)
    for _ in range(2):
        answer = await charlie.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "rendition_failed")
    assert len(tries) == 1


async def test_what_fails_for_the_moment_is_tried_again(
    alice: Person, charlie: Person, asset: Json, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("the store is away")

    url = await signed(alice, asset)
    with monkeypatch.context() as failing:
        failing.setattr(Store, "put", fail)
        assert (await charlie.get(url)).status_code == 202
    assert kept(database) == []
    assert (await charlie.get(url)).status_code == 200


async def test_a_file_that_is_lost_is_drawn_again(
    alice: Person, charlie: Person, asset: Json, store_folder: Path
) -> None:
    url = await signed(alice, asset)
    whole = await charlie.get(url)
    for path in (store_folder / "derived").rglob("*.webp"):
        path.unlink()
    assert (await charlie.get(url)).status_code == 202
    assert (await charlie.get(url)).content == whole.content


@pytest.mark.parametrize("end", ["trash", "takedown", "replace"])
async def test_the_picture_s_state_counts_also_for_what_was_drawn(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, mint: Any, http: Any, store_folder: Path, end: str
) -> None:
    url = await signed(alice, asset)
    etag = (await charlie.get(url)).headers["etag"]
    if end == "replace":
        tag = (await alice.get(f"/api/v2/assets/{asset['id']}")).headers["etag"]
        path = f"/api/v2/assets/{asset['id']}/content"
        answer = await alice.send("PUT", path, content=jpeg(), headers={"If-Match": tag})
        assert answer.status_code == 200
        assert files_in(store_folder / "derived") == 0
    elif end == "trash":
        await alice.send("DELETE", f"/api/v2/assets/{asset['id']}")
    else:
        dana = Person(http, mint.access(UUID(int=7), "dana", roles=("moderator",), scope="media"))
        answer = await dana.send("POST", f"/api/v2/assets/{asset['id']}/takedown", json={"reason": "not yours"})
        assert answer.status_code == 204
    for headers in ({}, {"if_none_match": etag}):
        answer = await charlie.get(url, **headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_they_go_for_good_with_the_picture_also_where_another_shows_the_same(  # noqa: PLR0917  fixtures
    alice: Person, bob: Person, charlie: Person, render: Any, asset: Json, store_folder: Path, database: Database
) -> None:
    other = await bob.has_uploaded(encoded(stripes(), "PNG"))
    render(other)
    for owner, each in ((alice, asset), (bob, other)):
        assert (await charlie.get(await signed(owner, each))).status_code == 200
    for _ in range(2):
        await alice.send("DELETE", f"/api/v2/assets/{asset['id']}")
    assert [each.asset_id for each in kept(database)] == [UUID(other["id"])]
    assert files_in(store_folder / "derived") == 1
    assert (await charlie.get(await signed(bob, other))).status_code == 200


@pytest.fixture
def bound(app: FastAPI) -> Bound:
    """Sets what may be kept."""

    def to(**bounds: int) -> None:
        derivatives = app.state.derivatives
        derivatives.settings = derivatives.settings.model_copy(update={f"derived_{k}": v for k, v in bounds.items()})

    return to


async def test_so_many_are_kept_of_a_picture_and_of_a_user(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, render: Any, asset: Json, bound: Bound, database: Database, store_folder: Path
) -> None:
    bound(per_asset=2, per_owner=3)
    other = await alice.has_uploaded(jpeg())
    render(other)
    for each in (asset, other):
        for side in (10, 20, 30):
            assert (await charlie.get(await signed(alice, each, f"resize:fit:{side}:{side}"))).status_code == 200
    found = [(str(each.asset_id), each.operations) for each in kept(database)]
    assert found == [
        (asset["id"], "resize:fit:30:30"),
        (other["id"], "resize:fit:20:20"),
        (other["id"], "resize:fit:30:30"),
    ]
    assert files_in(store_folder / "derived") == 3


async def test_what_cannot_be_drawn_counts_as_what_was(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, bound: Bound, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Undecodable("out of colours")

    monkeypatch.setattr(Decoder, "cut", refuse)
    bound(per_asset=2)
    for side in range(4):
        await charlie.get(await signed(alice, asset, f"resize:fit:{10 + side}:10"))
    assert [each.operations for each in kept(database)] == ["resize:fit:12:10", "resize:fit:13:10"]


async def test_who_asks_for_much_pushes_out_his_own(  # noqa: PLR0917  fixtures
    alice: Person, bob: Person, charlie: Person, render: Any, asset: Json, bound: Bound, database: Database
) -> None:
    theirs = await bob.has_uploaded(jpeg())
    render(theirs)
    await charlie.get(await signed(bob, theirs, "resize:fit:10:10"))
    bound(bytes=sum(each.bytes for each in kept(database)) + 2500)
    for side in range(60, 100):
        await charlie.get(await signed(alice, asset, f"resize:fit:{side}:{side}", format="jpg"))
    left = kept(database)
    assert [each.asset_id for each in left if each.operations == "resize:fit:10:10"] == [UUID(theirs["id"])]
    assert 1 < len(left) < 40
    assert left[-1].operations == "resize:fit:99:99"


async def test_database_and_store_agree_on_them(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, database: Database, store: Store, store_folder: Path
) -> None:
    url = await signed(alice, asset)
    await charlie.get(url)
    first, later = int(asset["id"][-2:], 16) // 8 * 8, datetime.now(UTC) + timedelta(hours=2)
    assert folders_compare(database, store, first, now=later) == Drift()
    (file,) = (path for path in (store_folder / "derived").rglob("*") if path.is_file())
    file.rename(file.with_name(f"{UUID(int=5)}.webp"))
    drift = folders_compare(database, store, first, now=later)
    assert [len(drift.missing_derivatives), len(drift.unrecorded)] == [1, 1]
    drift_repair(database, store, drift, now=later)
    assert folders_compare(database, store, first, now=later) == Drift()
    assert kept(database) == []
    assert (await charlie.get(url)).status_code == 200


async def test_files_of_no_asset_are_swept(database: Database, store: Store, store_folder: Path) -> None:
    store.put(f"derived/05/{UUID(int=5)}/1/{UUID(int=6)}.webp", b"left by a process that died")
    storage_sweep(database, store, now=datetime.now(UTC))
    assert files_in(store_folder) == 1
    storage_sweep(database, store, now=datetime.now(UTC) + timedelta(hours=2))
    assert files_in(store_folder) == 0


@pytest.mark.parametrize("meanwhile", ["replaced", "removed"])
async def test_what_is_drawn_of_a_picture_that_goes_meanwhile_is_not_kept(  # noqa: PLR0917  fixtures
    alice: Person, bob: Person, asset: Json, app: FastAPI, database: Database, store_folder: Path, meanwhile: str
) -> None:
    wanted, path = await wanted_of(app, asset), f"/api/v2/assets/{asset['id']}"
    await bob.has_uploaded(encoded(stripes(), "PNG"))  # so that the file is still there
    if meanwhile == "replaced":
        tag = (await alice.get(path)).headers["etag"]
        await alice.send("PUT", f"{path}/content", content=jpeg(), headers={"If-Match": tag})
    else:
        for _ in range(2):
            await alice.send("DELETE", path)
    operations = Operations.read(SMALLER)
    assert await app.state.derivatives.get(wanted, operations, seconds=10) is None
    assert kept(database) == []
    assert files_in(store_folder / "derived") == 0
