"""Keys that stay fresh, and stay there while auth is down."""

import json
import time
from collections.abc import Iterator

import pytest
from chassis.problems import Problem
from chassis.testing import LocalServer, TokenMint
from chassis.tokens import JwksClient, KeySet
from chassis.tokens.keys import MAX_AGE_SECONDS
from prometheus_client import REGISTRY

from tests.support.waiting import eventually


@pytest.fixture
def client(http_server: LocalServer, mint: TokenMint) -> Iterator[JwksClient]:
    http_server.reply = lambda _request: (200, json.dumps(mint.jwks()).encode())
    client = JwksClient(f"{http_server.url}/.well-known/jwks.json", refetch_seconds=60)
    yield client
    client.close()


def test_nothing_is_fetched_before_it_is_needed(client: JwksClient, http_server: LocalServer) -> None:
    assert http_server.requests == []
    assert client.get("test-key")
    assert len(http_server.requests) == 1


def test_keys_are_there_before_the_first_token_once_started(client: JwksClient, http_server: LocalServer) -> None:
    client.start()
    eventually(lambda: http_server.requests, seconds=5, every=0.001)
    assert client.get("test-key")  # waits for the fetch under way, and makes none of its own
    assert len(http_server.requests) == 1


def test_issuer_that_was_down_at_the_start_is_asked_again_with_the_first_token(
    client: JwksClient, http_server: LocalServer
) -> None:
    http_server.reply = lambda _request: (503, b"")
    client.start()
    eventually(lambda: http_server.requests, seconds=5, every=0.001)
    with pytest.raises(Problem):
        client.get("test-key")
    assert len(http_server.requests) == 2


def test_unknown_kids_are_refetched_once_not_each_time(client: JwksClient, http_server: LocalServer) -> None:
    client.get("test-key")
    assert [client.get(f"forged-{n}") for n in range(20)] == [None] * 20
    assert len(http_server.requests) == 1


def test_new_key_is_found_by_a_refetch(http_server: LocalServer, mint: TokenMint) -> None:
    http_server.reply = lambda _request: (200, json.dumps(mint.jwks()).encode())
    client = JwksClient(http_server.url, refetch_seconds=0)
    client.get("test-key")
    mint.kid = "next-key"
    assert client.get("next-key")
    assert [request.headers["cache-control"] for request in http_server.requests] == ["no-cache"] * 2
    client.close()


def test_keys_are_refreshed_in_the_background(http_server: LocalServer, mint: TokenMint) -> None:
    http_server.reply = lambda _request: (200, json.dumps(mint.jwks()).encode())
    client = JwksClient(http_server.url, refresh_seconds=0.01)
    client.get("test-key")
    mint.kid = "next-key"
    deadline = time.monotonic() + 5
    while client.keys.get("next-key") is None:
        assert time.monotonic() < deadline
    client.close()


@pytest.mark.parametrize(
    "answer", [(500, b""), (200, b"nonsense"), (200, b"[]"), (200, b'{"keys":[]}'), (200, b'{"keys":1}')]
)
def test_last_good_keys_are_kept(client: JwksClient, http_server: LocalServer, answer: tuple[int, bytes]) -> None:
    client.get("test-key")
    http_server.reply = lambda _request: answer
    assert not client.refresh()
    assert client.get("test-key")


def test_metric_tells_when_the_keys_were_last_fetched(client: JwksClient, http_server: LocalServer) -> None:
    began = time.time()
    client.get("test-key")
    fetched = REGISTRY.get_sample_value("jwks_fetched_timestamp_seconds")
    assert fetched
    assert began <= fetched <= time.time()
    http_server.reply = lambda _request: (500, b"")
    client.refresh()
    assert REGISTRY.get_sample_value("jwks_fetched_timestamp_seconds") == fetched


def test_without_any_keys_the_answer_is_503_not_401() -> None:
    client = JwksClient("http://127.0.0.1:9/jwks", timeout=0.5)
    with pytest.raises(Problem) as refused:
        client.get("test-key")
    assert (refused.value.status, refused.value.code) == (503, "keys_unavailable")
    client.close()


def test_keys_for_other_uses_are_left_out(mint: TokenMint) -> None:
    (good,) = mint.jwks()["keys"]
    others = [
        {**good, "kid": "encryption", "use": "enc"},
        {**good, "kid": "p384", "crv": "P-384"},
        {**good, "kid": "rsa", "kty": "RSA"},
        {**good, "kid": "broken", "x": "AA"},
        {"kid": "secret", "kty": "oct", "alg": "HS256", "k": "AAAA"},
        "nonsense",
    ]
    keys = KeySet()
    keys.replace({"keys": [*others, good]})
    assert keys.kids() == {"test-key"}


def test_age_is_infinite_before_the_first_keys(mint: TokenMint) -> None:
    clock = [100.0]
    keys = KeySet(now=lambda: clock[0])
    assert keys.age_seconds == float("inf")
    keys.replace(mint.jwks())
    clock[0] = 107.0
    assert keys.age_seconds == 7


def test_key_with_an_end_is_not_believed_after_it(mint: TokenMint) -> None:
    clock = [100.0]
    keys = KeySet(clock=lambda: clock[0])
    (jwk,) = mint.jwks()["keys"]
    keys.replace({"keys": [jwk | {"exp": 107}]})
    assert keys.get(mint.kid)
    clock[0] = 107
    assert keys.get(mint.kid) is None


def test_keys_that_could_not_be_refreshed_for_long_are_not_believed(mint: TokenMint) -> None:
    now = [0.0]
    keys = KeySet(now=lambda: now[0])
    keys.replace(mint.jwks())
    now[0] = MAX_AGE_SECONDS - 1
    assert keys.get(mint.kid)
    now[0] = MAX_AGE_SECONDS
    assert keys.get(mint.kid) is None
    keys.replace(mint.jwks())
    assert keys.get(mint.kid)


@pytest.mark.parametrize("end", ["soon", None, [1]])
def test_key_whose_end_is_no_time_is_left_out(mint: TokenMint, end: object) -> None:
    (jwk,) = mint.jwks()["keys"]
    with pytest.raises(ValueError, match="no ES256 key"):
        KeySet().replace({"keys": [jwk | {"exp": end}]})
