"""Rows of the table that are served, or refused for something else, once the one thing that refuses them is taken away.

So each of these rows looks at its own defence, and not at another one in front of it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import uvloop
from chassis.revocations import feed_of
from chassis.testing import TokenMint
from gateway_service.app import Gateway, checks
from gateway_service.chain.canonical import canonical_path
from gateway_service.chain.token import TokenCheck, TokenChecks
from gateway_service.config import read
from gateway_service.door.connection import ClientConnection
from gateway_service.door.door import Door
from gateway_service.messages import Response
from gateway_service.rates.local import LocalLimiter
from gateway_service.settings import settings as load
from gateway_service.testing.in_memory import Transport
from gateway_service.tokens.keys import KeySource
from gateway_service.tokens.verified import tokens_of

from tests.gateway_attacks.rows import Row
from tests.gateway_attacks.test_attacks import REFUSED

HEAD, CANONICAL = "gateway_service.door.head", "gateway_service.chain.canonical"
ROWS = {row.name: row for row in REFUSED}
DEFENCES: list[tuple[str, str, Any]] = [
    ("coding: 'gzip, chunked'", f"{HEAD}._codings", lambda _: [b"chunked"]),
    ("body behind an upgrade", f"{HEAD}._BODY", frozenset()),
    ("many headers", f"{HEAD}.HEADER_FIELDS", 10_000),
    ("first line: 'GET  /api/v1/posts HTTP/1.1'", f"{HEAD}._LINE", re.compile(rb"(\S+) +(\S+) HTTP/1\.([01])\r\n")),
    ("target: http://evil.example/api/v1/posts", f"{HEAD}._origin_form", lambda *_: b"/api/v1/posts"),
    ("two hosts", "gateway_service.chain.framing._ONCE", frozenset()),
    ("host: 'a@b'", "gateway_service.chain.host._HOST", re.compile(rb".*")),
    ("path: //api/v1/posts", f"{CANONICAL}._PLAIN", re.compile(rb".*")),
    ("path: /api/v1/posts%00", f"{CANONICAL}._AMBIGUOUS", frozenset()),
    ("path: /api/v1/%c0%af", f"{CANONICAL}._is_utf8", lambda _: True),
    ("key: signature of ones", "chassis.tokens.signed.is_signed", lambda *_: True),
    ("token: padded", "chassis.tokens.signed._decode", lambda _: b"{}"),
]
"""A row, what refuses it, and what stands there instead."""


@pytest.fixture(autouse=True)
def _paths_are_forgotten() -> Iterator[None]:
    yield
    canonical_path.cache_clear()


@pytest.mark.parametrize(
    ("name", "defence", "without"), DEFENCES, ids=lambda each: each if isinstance(each, str) else ""
)
def test_row_needs_its_defence(name: str, defence: str, without: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ROWS[name]
    refused = (row.status, row.code)
    assert uvloop.run(answered(row)) == refused
    monkeypatch.setattr(defence, without)
    assert uvloop.run(answered(row)) != refused


async def answered(row: Row) -> tuple[int, str]:
    """Status and code by the door and all checks of a gateway of this process, whose services answer 200."""
    settings = load()
    feed, mint = feed_of(settings), TokenMint(settings.token_issuer, settings.token_audience)

    async def fetch() -> bytes:
        return json.dumps(mint.jwks()).encode()

    keys = KeySource(fetch)
    assert await keys.refresh()
    tokens = TokenChecks(*map(TokenCheck, tokens_of(settings, keys, feed.tokens)))
    config = read(settings.config)
    links = checks(settings, config, tokens, revocations=feed, limiter=LocalLimiter(), is_well=lambda: True)
    gateway = Gateway(settings, lambda _, give: give(Response(200, b"{}")), config, links)
    transport = Transport()
    connection = ClientConnection(Door(gateway))
    connection.connection_made(transport)
    connection.data_received(row.request)
    head, _, body = transport.sent.partition(b"\r\n\r\n")
    return int(head[9:12]), json.loads(body).get("code", "")
