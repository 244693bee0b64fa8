"""Who signs addresses on their own: the how-to's code in two languages, against its vector and the service."""

import re
from typing import Any

import pytest
from media_service import commands
from media_service.testing.drawn import encoded, opened, picture
from media_service.testing.people import Person

from tests.support.signers import CALLS, PAGE, Sign, signer

KEY = bytes(range(32)).hex()
ASSET = "01900000-0000-7000-8000-000000000101"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.fixture(params=CALLS)
def sign(request: pytest.FixtureRequest) -> Sign:
    return signer(request.param)


def printed_key(capsys: pytest.CaptureFixture[str]) -> str:
    """What `broadsheet media signing-key` prints."""
    capsys.readouterr()  # lines of the log
    commands.signing_key([])
    return capsys.readouterr().out.strip()


def test_the_vector_of_the_page_is_what_both_make(sign: Sign) -> None:
    assert all(word in PAGE for word in (KEY, ASSET, SHA256))
    (path,) = re.findall(r"```text\n(.*)\n```", PAGE)
    assert sign(KEY, ASSET, SHA256, "resize:fit:800:600,quality:80", "webp", 1795687200) == path


async def test_what_a_site_has_signed_is_drawn(
    sign: Sign, alice: Person, charlie: Person, render: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    asset = await alice.has_uploaded(encoded(picture(300, 200)))
    render(asset)
    key = printed_key(capsys)
    answer = await charlie.get(sign(key, asset["id"], asset["sha256"], "resize:fill:50:50,focal:0.25:1", "jpg"))
    assert (answer.status_code, opened(answer.content).size) == (200, (50, 50))
    answer = await charlie.get(sign(KEY, asset["id"], asset["sha256"], "resize:fill:50:50", "jpg"))
    assert (answer.status_code, answer.json()["code"]) == (403, "signature_invalid")


async def test_the_address_of_the_service_is_the_same(
    sign: Sign, alice: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    asset = await alice.has_uploaded(encoded(picture()))
    key = printed_key(capsys)
    body = {"operations": "quality:7/resize:fit:9:9", "format": "avif", "expires_in": 3600}
    answer = (await alice.send("POST", f"/api/v2/assets/{asset['id']}/transforms", json=body)).json()
    (expires,) = map(int, re.findall(r"\.(\d{10})\.", answer["url"]))
    assert answer["url"].endswith(sign(key, asset["id"], asset["sha256"], "resize:fit:9:9,quality:7", "avif", expires))
