"""Media refuses a token that was revoked, with no gateway in front."""

from dataclasses import replace

import pytest
from chassis.events.testing import example
from chassis.testing import TokenMint
from fastapi import FastAPI
from media_service.testing.people import ALICE, Person


@pytest.mark.parametrize("path", ["/api/v1/media", f"/m/{ALICE}/thumb.webp"])
async def test_token_with_a_lost_role_is_refused(
    app: FastAPI, alice: Person, bob: Person, mint: TokenMint, path: str
) -> None:
    event = example("auth.role.changed.v1")
    app.state.revocations.tokens.apply(replace(event, data={"user_id": str(ALICE), "roles": []}))
    answer = await alice.get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert (await bob.get("/api/v1/media")).status_code == 200
