"""How a process learns of revoked tokens: on both transports, with a real auth that answers snapshots."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from chassis.access import Access
from chassis.events import envelope
from chassis.events.envelope import Event
from chassis.events.transports import Transport, TransportLost
from chassis.internal_client import InternalClient
from chassis.problems import Problem
from chassis.revocations import RevocationFeed, known
from chassis.revocations import feed as feeds
from chassis.service_credentials import Credentials, ServiceToken
from chassis.testing import LocalServer, TokenMint
from chassis.testing.local_server import Received
from chassis.testing.revoking import over, publish
from chassis.tokens import Claims, KeySet, TokenRefused, Verifier
from uuid_utils.compat import uuid7

from tests.support.waiting import eventually

ALICE = UUID("01930000-0000-7000-8000-00000000000a")
EDITING = Access(auth="required", roles=frozenset({"author", "editor"}))
READING = Access(auth="optional")
REMOVING = Access(auth="required", weighs_roles=True)
CREDENTIALS = Credentials(lambda: ServiceToken("token", 600))


class Auth:
    """What auth's outbox tells, and whether it answers."""

    def __init__(self, server: LocalServer) -> None:
        self.recent: list[Event] = []
        self.away = self.older = False
        self.asked: list[str | None] = []
        server.reply = self._reply

    def _reply(self, request: Received) -> tuple[int, bytes]:
        if self.away or request.headers.get("authorization") != "Bearer token":
            return 503, b""
        if self.older:
            return 404, b""
        self.asked.append(parse_qs(urlsplit(request.path).query).get("since", [None])[0])
        events = [envelope.encode(event).decode() for event in self.recent]
        return 200, json.dumps({"events": events, "next": f"moment {len(self.asked)}"}).encode()


class Broken:
    """A transport that is away until it is mended."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.away = False

    def __call__(self) -> Transport:
        if self.away:
            raise TransportLost("away")
        return self.transport


@pytest.fixture
def auth(http_server: LocalServer) -> Auth:
    return Auth(http_server)


@pytest.fixture
def broker(transport: Transport) -> Broken:
    with closing(transport.publisher()) as relay:
        relay.ready()  # the first relay has made the exchange
    return Broken(transport)


@pytest.fixture
def feed(broker: Broken, auth: Auth, http_server: LocalServer) -> Iterator[RevocationFeed]:
    feed = RevocationFeed(broker, lambda: InternalClient(http_server.url, CREDENTIALS))
    yield feed
    feed.close()


@pytest.fixture
def session() -> UUID:
    return uuid7()


@pytest.fixture
def token(mint: TokenMint, session: UUID) -> Claims:
    return claims(mint, session)


def claims(mint: TokenMint, session: UUID, *roles: str) -> Claims:
    keys = KeySet()
    keys.replace(mint.jwks())
    token = mint.access(ALICE, "alice", sid=str(session), roles=roles or ("author",))
    return Verifier(keys.get, issuer=mint.issuer, audience=mint.audience).verify(token)


def refused(feed: RevocationFeed, token: Claims) -> bool:
    with suppress(TokenRefused):
        feed.tokens.require_live(token)
        return False
    return True


def test_event_ends_a_token(feed: RevocationFeed, transport: Transport, auth: Auth, token: Claims) -> None:
    feed.start()
    eventually(lambda: feed.listening and auth.asked, seconds=15)
    assert not refused(feed, token)
    publish(transport, over(token.sid))
    eventually(lambda: refused(feed, token), seconds=10, every=0.005)


def test_process_that_starts_later_finds_it_in_the_snapshot(feed: RevocationFeed, auth: Auth, token: Claims) -> None:
    auth.recent = [over(token.sid)]
    feed.start()
    eventually(lambda: refused(feed, token), seconds=15)
    feed.ready()


def test_snapshot_is_asked_for_after_listening_has_begun(
    feed: RevocationFeed, transport: Transport, auth: Auth, broker: Broken, token: Claims
) -> None:
    """What is published between the first answer and the connection is in the next answer."""
    broker.away = True
    feed.start()
    eventually(lambda: auth.asked, seconds=5)
    auth.recent = [over(token.sid)]
    broker.away = False
    eventually(lambda: feed.listening, seconds=15)
    eventually(lambda: refused(feed, token), seconds=10, every=0.01)


def test_without_a_broker_auth_is_polled_every_second(
    feed: RevocationFeed, broker: Broken, auth: Auth, token: Claims
) -> None:
    broker.away = True
    feed.start()
    eventually(lambda: auth.asked, seconds=5)
    auth.recent = [over(token.sid)]
    eventually(lambda: refused(feed, token), seconds=3)
    with pytest.raises(RuntimeError, match="polled"):
        feed.current()
    feed.require_current(EDITING, replace(token, roles=frozenset({"editor"})))


def test_only_what_is_new_is_asked_for_after_the_first_time(feed: RevocationFeed, broker: Broken, auth: Auth) -> None:
    broker.away = True
    feed.start()
    eventually(lambda: len(auth.asked) >= 3, seconds=10)
    assert auth.asked[:3] == [None, "moment 1", "moment 2"]


def test_unreadable_event_stops_nothing(feed: RevocationFeed, transport: Transport, auth: Auth, token: Claims) -> None:
    feed.start()
    eventually(lambda: feed.listening and auth.asked, seconds=15)
    broken = over(token.sid)
    publish(transport, replace(broken, data={}))
    publish(transport, over(token.sid))
    eventually(lambda: refused(feed, token), seconds=10, every=0.005)


def test_privileged_calls_are_refused_while_the_list_is_old_and_others_go_on(
    feed: RevocationFeed, auth: Auth, mint: TokenMint, session: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "OLD_SECONDS", 0.5)
    monkeypatch.setattr(feeds, "SNAPSHOT_SECONDS", 0.1)
    editor, author = claims(mint, session, "author", "editor"), claims(mint, session, "author")
    feed.require_current(EDITING, editor)  # not started: nobody promised anything
    feed.start()
    eventually(lambda: auth.asked and not feed.old, seconds=5)
    feed.require_current(EDITING, editor)
    auth.away = True
    eventually(lambda: feed.old, seconds=5)
    for access in (EDITING, REMOVING):
        with pytest.raises(Problem) as refusal:
            feed.require_current(access, editor)
        assert (refusal.value.status, refusal.value.code) == (503, "revocations_unknown")
        assert refusal.value.headers["Retry-After"] == "1"
    for access, caller in ((READING, editor), (EDITING, author), (REMOVING, author), (READING, None)):
        feed.require_current(access, caller)
    with pytest.raises(RuntimeError, match="old"):
        feed.current()
    auth.away = False
    eventually(lambda: not feed.old, seconds=5)


def test_beside_an_auth_of_an_earlier_release_nothing_is_refused(feed: RevocationFeed, auth: Auth) -> None:
    auth.older = True
    feed.start()
    eventually(lambda: not feed.old, seconds=5)
    feed.ready()


def test_process_without_a_list_is_unready_at_first_and_then_serves_what_needs_none(
    feed: RevocationFeed, auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth.away = True
    feed.start()
    with pytest.raises(RuntimeError, match="no list"):
        feed.ready()
    monkeypatch.setattr(known, "FIRST_SECONDS", 0)
    feed.ready()
    assert feed.old


def test_reconnects_when_the_connection_breaks(
    feed: RevocationFeed, transport: Transport, auth: Auth, token: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed.start()
    eventually(lambda: feed.listening and auth.asked, seconds=15)
    first = feed._listener
    assert first is not None
    asked = len(auth.asked)

    def lost(_timeout: float) -> list[object]:
        raise TransportLost("cut")

    monkeypatch.setattr(first, "receive", lost)
    eventually(lambda: feed.listening and feed._listener is not first, seconds=15)
    eventually(lambda: len(auth.asked) > asked, seconds=2)
    publish(transport, over(token.sid))
    eventually(lambda: refused(feed, token), seconds=10, every=0.005)
