"""What a gateway asks of auth itself, for a fake one to answer."""

import json
from collections.abc import Mapping, Sequence

from chassis.events import envelope
from chassis.events.envelope import Event
from chassis.testing import TokenMint

from gateway_service.testing.fake_upstream import Call, Handler

JWKS = "/.well-known/jwks.json"
REVOCATIONS = "/internal/revocations"
TOKENS = "/internal/tokens"
PERSONAL = "/internal/personal-tokens"


def auth_handlers(
    mint: TokenMint, revoked: Sequence[Event] = (), personal: Mapping[str, str] | None = None
) -> dict[str, Handler]:
    """What auth answers: its keys, its list of revocations, which is read at each request, and a service token.

    ``personal``, which is read so too, has by personal token what it is exchanged for; all others are over.
    """

    async def jwks(call: Call) -> None:
        await call.answer(json.dumps(mint.jwks()).encode(), headers=("Content-Type: application/json",))

    async def revocations(call: Call) -> None:
        listed = [envelope.encode(event).decode() for event in revoked]
        await call.answer(json.dumps({"events": listed, "next": "2026-11-29T12:00:00.000Z"}).encode())

    async def service_token(call: Call) -> None:
        await call.answer(b'{"access_token": "of-the-gateway", "expires_in": 600}')

    async def exchange(call: Call) -> None:
        sent = json.loads(b"".join([part async for part in call.body()]))
        access = (personal or {}).get(sent["token"])
        await call.answer(json.dumps({"access_token": access} if access else {"refused": "token_revoked"}).encode())

    return {JWKS: jwks, REVOCATIONS: revocations, TOKENS: service_token, PERSONAL: exchange}
