"""Personal access tokens at the door: exchanged at auth, which the services behind it see nothing of."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from chassis.events import envelope, transports
from chassis.events.envelope import Event
from chassis.events.testing import example
from chassis.events.transports import Message
from chassis.testing import TokenMint
from chassis.tokens.personal import personal_token
from gateway_service.testing import ALICE, SCOPE
from gateway_service.testing.fake_auth import PERSONAL, auth_handlers
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.running import Running, eventually, start
from uuid_utils.compat import uuid7

ME, POSTS = "/api/v1/auth/users/me", "/api/v1/posts"


@dataclass
class Auth:
    """An auth that has given out personal tokens, and a gateway in front of it."""

    mint: TokenMint
    upstream: FakeUpstream
    running: Running
    given: dict[str, str]
    events_url: str
    user: UUID = ALICE
    sessions: dict[str, UUID] = field(default_factory=dict)

    def give(self, *roles: str, text: str = "", scope: str = SCOPE, seconds: int = 600) -> str:
        """A token, or another answer to one that was given; its text."""
        text = text or personal_token()
        sid = self.sessions.setdefault(text, uuid7())
        said: dict[str, Any] = {"sid": str(sid), "personal": True}
        if seconds < 600:
            said["exp"] = int(datetime.now(UTC).timestamp()) + seconds
        self.given[text] = self.mint.access(self.user, "alice", roles=roles or ("author",), scope=scope, **said)
        return text

    def call(self, text: str, path: str = ME, method: str = "GET") -> httpx.Response:
        headers = {"Authorization": f"Bearer {text}"}
        return httpx.request(method, f"{self.running.url}{path}", headers=headers, timeout=20)

    def code(self, text: str, path: str = ME, method: str = "GET") -> str:
        answer = self.call(text, path, method)
        return "" if answer.status_code == 200 else str(answer.json()["code"])

    @property
    def asked(self) -> int:
        """How often the gateway has had a token exchanged."""
        return sum(seen.target == PERSONAL for seen in self.upstream.of_gateway)

    def figure(self, outcome: str) -> float:
        """How often it came to this."""
        name = f'gateway_personal_tokens_total{{outcome="{outcome}"}} '
        lines = httpx.get(f"{self.running.admin_url}/metrics").text.splitlines()
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    def tell(self, type_name: str, **data: Any) -> None:
        event = example(type_name)
        self._publish(replace(event, id=uuid7(), time=datetime.now(UTC), data=event.data | data))

    def _publish(self, event: Event) -> None:
        message = Message(str(event.id), event.type, event.partition_key, envelope.encode(event), mandatory=False)
        with closing(transports.connect(self.events_url).publisher()) as publisher:
            publisher.publish([message])


@pytest.fixture(scope="module")
def _one(
    tmp_path_factory: pytest.TempPathFactory, upstream_settings: dict[str, str], mint: TokenMint, events_url: str
) -> Iterator[Auth]:
    given: dict[str, str] = {}
    with FakeUpstream(auth_handlers(mint, personal=given)) as upstream:
        running = start(tmp_path_factory.mktemp("personal"), **(upstream_settings | {"AUTH_URL": upstream.url}))
        running.wait_until_ready()
        yield Auth(mint, upstream, running, given, events_url)
        assert running.stop() == 0


@pytest.fixture
def auth(_one: Auth) -> Iterator[Auth]:
    """Of a user of the test's own: what was heard of one is remembered."""
    _one.user = uuid7()
    _one.upstream.of_gateway.clear()
    handlers = dict(_one.upstream.handlers)
    yield _one
    _one.upstream.handlers.update(handlers)


def over(auth: Auth, text: str) -> None:
    """It is deleted at auth, and everybody hears of it."""
    expires_at = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    del auth.given[text]
    auth.tell("auth.personal_token.revoked.v1", token_id=str(auth.sessions[text]), expires_at=expires_at)


def test_the_service_sees_what_it_was_exchanged_for_and_auth_is_asked_once(auth: Auth, blog: FakeUpstream) -> None:
    text = auth.give()
    for _ in range(3):
        shown = dict(auth.call(text, POSTS).json()["headers"])["authorization"]
        assert shown == f"Bearer {auth.given[text]}"
    assert auth.asked == 1
    asked = next(seen for seen in auth.upstream.of_gateway if seen.target == PERSONAL)
    assert asked.header("authorization") == "Bearer of-the-gateway"
    assert text not in str([seen.headers for seen in blog.requests])


def test_it_may_what_its_scopes_and_its_owners_roles_allow(auth: Auth) -> None:
    reader = auth.give("reader")
    media = auth.give(scope="media")
    assert auth.code(reader, POSTS, "POST") == "role_missing"
    assert auth.code(media, POSTS, "POST") == "scope_missing"
    assert auth.code(media, POSTS) == ""


def test_what_takes_a_log_in_is_refused_at_the_door(auth: Auth) -> None:
    text = auth.give()
    answer = auth.call(text, "/api/v2/me/tokens", "POST")
    assert (answer.status_code, answer.json()["code"]) == (403, "session_required")
    assert answer.json()["title"] == "A log-in is needed"
    assert not [seen for seen in auth.upstream.requests if seen.target == "/api/v2/me/tokens"]


def test_deleted_it_is_refused_as_soon_as_that_is_heard(auth: Auth) -> None:
    text, other = auth.give(), auth.give()
    assert [auth.code(each) for each in (text, other)] == ["", ""]
    over(auth, text)
    eventually(lambda: auth.code(text) == "token_revoked")
    answer = auth.call(text, POSTS)  # on public routes too
    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    asked = auth.asked
    assert [auth.code(text) for _ in range(5)] == ["token_revoked"] * 5
    assert auth.code(other) == ""
    assert auth.asked == asked, "who is refused is remembered too"


def test_all_of_an_account_are_over_with_its_sessions(auth: Auth) -> None:
    text = auth.give()
    assert auth.code(text) == ""
    del auth.given[text]
    auth.tell("auth.user.tokens_revoked.v1", user_id=str(auth.user), not_before=datetime.now(UTC).isoformat())
    eventually(lambda: auth.code(text) == "token_revoked")


def test_a_lost_role_counts_as_soon_as_that_is_heard_and_the_token_goes_on(auth: Auth) -> None:
    text = auth.give("author", "editor")
    assert auth.code(text, POSTS, "POST") == ""
    auth.give("reader", text=text)
    auth.tell("auth.role.changed.v1", user_id=str(auth.user), roles=["reader"])
    eventually(lambda: auth.code(text, POSTS, "POST") == "role_missing")
    assert auth.code(text) == ""


@pytest.mark.parametrize("wrong", ["bsp_", "bsp_x", "bsp_" + "A" * 48, personal_token()[:-1], personal_token() + "A"])
def test_what_was_made_up_is_told_by_its_form(auth: Auth, wrong: str) -> None:
    asked = auth.asked
    assert auth.code(wrong, POSTS) == "token_malformed"
    assert auth.asked == asked


def test_what_auth_does_not_know_is_revoked(auth: Auth) -> None:
    text = personal_token()
    assert [auth.code(text, POSTS) for _ in range(3)] == ["token_revoked"] * 3
    assert auth.asked == 1


def test_many_at_once_ask_once(auth: Auth) -> None:
    text = auth.give()
    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(lambda _: auth.code(text), range(40))) == {""}
    assert auth.asked == 1


def test_who_was_exchanged_goes_on_while_auth_is_away_and_others_wait(auth: Auth, blog: FakeUpstream) -> None:
    text, other = auth.give(), auth.give()
    assert auth.code(text, POSTS) == ""

    async def away(call: Call) -> None:
        await call.answer(status="503 Service Unavailable")

    exchanged, unavailable = auth.figure("exchanged"), auth.figure("unavailable")
    auth.upstream.handlers[PERSONAL] = away
    assert auth.code(text, POSTS) == ""
    answer = auth.call(other, POSTS)
    assert (answer.status_code, answer.json()["code"]) == (503, "keys_unavailable")
    assert answer.headers["retry-after"]
    assert (auth.figure("exchanged"), auth.figure("unavailable")) == (exchanged, unavailable + 1)


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b"null", b'{"refused": "x"}', b'{"access_token": 7}', b'{"a": 1}'])
def test_nonsense_of_auth_lets_nobody_in(auth: Auth, said: bytes) -> None:
    async def nonsense(call: Call) -> None:
        await call.answer(said)

    auth.upstream.handlers[PERSONAL] = nonsense
    assert auth.code(personal_token(), POSTS) == "keys_unavailable"


def test_an_access_token_of_somebody_elses_key_lets_nobody_in(auth: Auth, mint: TokenMint) -> None:
    text = personal_token()
    auth.given[text] = TokenMint(mint.issuer, mint.audience, kid=mint.kid).access(ALICE, "alice", scope=SCOPE)
    assert auth.code(text) == "token_signature"


def test_no_line_of_the_log_has_a_token(auth: Auth) -> None:
    text = auth.give()
    assert auth.code(text) == ""
    line = auth.running.line(route=ME)
    assert line["user_hash"]
    logged = auth.running.log_path.read_text()
    assert text not in logged
    assert auth.given[text] not in logged


def test_the_documents_of_the_door_know_it(auth: Auth) -> None:
    text = auth.give("admin")
    shown = auth.call(text, "/openapi.json?version=2")
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "private, no-store")
    assert json.loads(shown.content)["openapi"] == "3.1.0"
    assert auth.code(personal_token(), "/openapi.json?version=2") == "token_revoked"
