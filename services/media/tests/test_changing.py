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


CODES = {
    "alt is null": ({"alt": None}, "/alt", "null"),
    "alt is a number": ({"alt": 5}, "/alt", "invalid"),
    "alt is too long": ({"alt": "x" * 1001}, "/alt", "max_length"),
    "alt shows nothing": ({"alt": "\u200b"}, "/alt", "invisible"),
    "the focal point is a list": ({"focal": [0.5, 0.5]}, "/focal", "invalid"),
    "half a focal point": ({"focal": {"x": 0.5}}, "/focal/y", "required"),
    "a focal point to the left": ({"focal": {"x": -0.1, "y": 0.5}}, "/focal/x", "min_value"),
    "a focal point below": ({"focal": {"x": 0.1, "y": 1.01}}, "/focal/y", "max_value"),
    "a focal point in words": ({"focal": {"x": "0.5", "y": 0.5}}, "/focal/x", "invalid"),
    "a third dimension": ({"focal": {"x": 0.5, "y": 0.5, "z": 0.5}}, "/focal/z", "unknown"),
    "visible to some": ({"visibility": "some"}, "/visibility", "invalid_choice"),
    "misspelt": ({"visibilty": "private"}, "/visibilty", "unknown"),
}


@pytest.mark.parametrize(("body", "pointer", "code"), CODES.values(), ids=CODES)
async def test_a_fault_has_the_code_that_other_services_give_it(
    alice: Person, url: str, body: object, pointer: str, code: str
) -> None:
    answer = await change(alice, url, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]
    assert (await alice.get(url)).json()["visibility"] == "public"


async def test_the_words_say_what_to_send(alice: Person, url: str) -> None:
    errors = (await change(alice, url, {"visibility": "some", "misspelt": 1})).json()["errors"]
    assert [error["detail"] for error in errors] == [
        "This is not a valid choice. Say 'public' or 'private'.",
        "This field is not known here.",
    ]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("links", {"expires_in": 60, "presett": "thumb"}),
        ("transforms", {"operations": "quality:80", "expires": 60}),
    ],
)
async def test_no_field_is_overlooked(alice: Person, url: str, path: str, body: dict[str, object]) -> None:
    answer = await alice.send("POST", f"{url}/{path}", json=body)
    assert (answer.status_code, [each["code"] for each in answer.json()["errors"]]) == (422, ["unknown"])


@pytest.mark.parametrize("version", ["v1/media", "v2/assets"])
@pytest.mark.parametrize("sent", [b'{"alt": NaN}', b'{"alt": "a", "alt": "b"}', b'{"alt": "\\u0000"}'])
async def test_json_is_read_strictly(alice: Person, url: str, version: str, sent: bytes) -> None:
    headers = {"If-Match": "*", "Content-Type": "application/json"}
    answer = await alice.send("PATCH", url.replace("v2/assets", version), content=sent, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert (await alice.get(url)).json()["alt"] == ""


@pytest.mark.parametrize(("name", "value"), [("visibility", "private"), ("focal", None)])
async def test_version_1_refuses_what_it_cannot_do_and_overlooks_the_rest(
    alice: Person, url: str, name: str, value: object
) -> None:
    first = url.replace("v2/assets", "v1/media")
    refused = await alice.send("PATCH", first, json={"alt": "A hill", name: value})
    assert (refused.status_code, refused.json()) == (400, {name: ["Only PATCH /api/v2/assets/{id} can say this."]})
    assert (await alice.get(url)).json()["alt"] == ""
    assert (await alice.send("PATCH", first, json={"alt": "A hill", "colour": "red"})).status_code == 200
