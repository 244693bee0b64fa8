"""What other services ask about assets."""

from typing import Any

import httpx
import pytest
from chassis.testing import TokenMint
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, Person

MISSING = "01900000-0000-7000-8000-0000000000ff"


@pytest.fixture
def ask(http: httpx.AsyncClient, mint: TokenMint) -> Any:
    async def ask(ids: str, client: str = "blog", audience: str = "media") -> httpx.Response:
        headers = {"Authorization": f"Bearer {mint.service(client, audience)}"}
        return await http.get("/internal/assets", params={"ids": ids}, headers=headers)

    return ask


async def test_a_service_learns_the_state_of_assets(alice: Person, bob: Person, render: Any, ask: Any) -> None:
    hers, his = await alice.has_uploaded(jpeg()), await bob.has_uploaded(jpeg())
    render(hers)

    answer = await ask(f"{hers['id']},{MISSING},{his['id']}")

    told = {asset["asset_id"]: asset for asset in answer.json()["assets"]}
    assert set(told) == {hers["id"], his["id"]}
    assert told[hers["id"]] == {
        "asset_id": hers["id"],
        "owner_id": str(ALICE),
        "status": "ready",
        "sequence": 2,
        "sha256": hers["sha256"],
        "mime": "image/jpeg",
        "width": 64,
        "height": 48,
        "renditions": [{"preset": preset, "width": 64, "height": 48} for preset in ("thumb", "medium", "large")],
        "reason": None,
    }
    assert (told[his["id"]]["status"], told[his["id"]]["sequence"]) == ("processing", 1)
    assert told[his["id"]]["renditions"] == []  # though the same picture has some


async def test_only_services_may_ask(alice: Person, http: httpx.AsyncClient, ask: Any) -> None:
    assert (await ask(MISSING, client="auth")).status_code == 200
    assert (await ask(MISSING, client="gateway")).json()["code"] == "caller_not_listed"
    assert (await ask(MISSING, audience="auth")).json()["code"] == "token_audience"
    assert (await http.get(f"/internal/assets?ids={MISSING}")).json()["code"] == "service_token_invalid"
    assert (await alice.get(f"/internal/assets?ids={MISSING}")).status_code == 401


async def test_senseless_questions_are_refused(ask: Any) -> None:
    assert (await ask("x")).status_code == 422
    assert (await ask(",".join([MISSING] * 201))).status_code == 422
    assert (await ask("")).json() == {"assets": []}
