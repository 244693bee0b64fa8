"""What an owner says of a picture in v2: its alternative text, and what of it is to be seen."""

from typing import Any

import pytest
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person


@pytest.fixture
async def url(alice: Person) -> str:
    """Where a picture of alice's is."""
    return f"/api/v2/assets/{(await alice.has_uploaded(jpeg()))['id']}"


async def change(person: Person, url: str, body: object, tag: str | None = "*") -> Any:
    return await person.send("PATCH", url, json=body, headers={"If-Match": tag} if tag else {})


async def test_what_is_sent_is_changed_and_the_rest_stays(alice: Person, url: str) -> None:
    assert (await alice.get(url)).json()["focal"] is None
    first = await change(alice, url, {"focal": {"x": 0.25, "y": 1}})
    assert (first.status_code, first.json()["focal"], first.json()["alt"]) == (200, {"x": 0.25, "y": 1.0}, "")
    second = await change(alice, url, {"alt": "A hill"})
    assert (second.json()["alt"], second.json()["focal"]) == ("A hill", {"x": 0.25, "y": 1.0})
    third = await change(alice, url, {"focal": None})
    assert (third.json()["alt"], third.json()["focal"]) == ("A hill", None)
    assert (await alice.get(url)).json() == third.json()


async def test_only_what_was_read_is_changed(alice: Person, url: str) -> None:
    read = (await alice.get(url)).headers["etag"]
    done = await change(alice, url, {"alt": "A hill"}, read)
    assert (done.status_code, done.headers["etag"]) == (200, (await alice.get(url)).headers["etag"])
    stale = await change(alice, url, {"alt": "A valley"}, read)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    blind = await change(alice, url, {"alt": "A valley"}, None)
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert (await alice.get(url)).json()["alt"] == "A hill"


@pytest.mark.parametrize(
    "body",
    [
        {"alt": None},
        {"alt": "\u202e"},
        {"alt": "x" * 1001},
        {"focal": {}},
        {"focal": {"x": 0.5}},
        {"focal": {"x": -0.1, "y": 0.5}},
        {"focal": {"x": 0.5, "y": 1.01}},
        {"focal": {"x": "0.5", "y": 0.5}},
        {"focal": {"x": True, "y": 0.5}},
        {"focal": [0.5, 0.5]},
        [],
    ],
)
async def test_what_makes_no_sense_is_refused(alice: Person, url: str, body: object) -> None:
    answer = await change(alice, url, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    shown = (await alice.get(url)).json()
    assert (shown["alt"], shown["focal"]) == ("", None)


async def test_nobody_else_changes_it(alice: Person, bob: Person, charlie: Person, url: str) -> None:
    assert (await change(bob, url, {"alt": "Mine"})).status_code == 404
    assert (await change(charlie, url, {"alt": "Mine"})).status_code == 401
    assert (await alice.get(url)).json()["alt"] == ""


async def test_what_is_in_the_trash_can_be_described_too(alice: Person, url: str) -> None:
    await alice.send("DELETE", url)
    answer = await change(alice, url, {"alt": "A hill"})
    assert (answer.status_code, answer.json()["state"], answer.json()["alt"]) == (200, "trashed", "A hill")
