"""What the gateway promises to keep running: liveness names what has ended."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from gateway_service.testing.running import Running, eventually

REFRESHING_ENDS = """
from gateway_service.tokens.keys import KeySource

async def refresh_once(self):
    await self.refresh()
    self._first_try.set()

KeySource.refresh_forever = refresh_once
"""
PORT_CLOSES = """
import asyncio
from gateway_service.door.door import Door

opened, open_door = [], Door.open

async def open_and_close(self, listener):
    await open_door(self, listener)
    opened.append(self)
    if len(opened) == 2:  # the admin port opens first
        self._server.close()

Door.open = open_and_close
"""


@pytest.mark.parametrize(("name", "sabotage"), [("jwks", REFRESHING_ENDS), ("public", PORT_CLOSES)])
def test_loop_that_ended_is_named(
    name: str, sabotage: str, tmp_path: Path, start_gateway: Callable[..., Running]
) -> None:
    (tmp_path / "sitecustomize.py").write_text(sabotage)
    gateway = start_gateway(PYTHONPATH=str(tmp_path))
    for probe in ("livez", "readyz"):
        answer = eventually(partial(_stuck, f"{gateway.admin_url}/{probe}"))
        assert answer == {name: "ended"}
    assert gateway.line(event="not alive", loop=name)


def _stuck(url: str) -> object:
    try:
        answer = httpx.get(url)
    except httpx.TransportError:
        return None
    return answer.json().get("loops") if answer.status_code == 503 else None
