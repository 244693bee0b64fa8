"""Whatever is sent, the answer is never a 500: the test client raises what a view does not catch."""

import json
from typing import Any

import pytest
from auth_service.testing import Caller
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ENDPOINTS = [
    ("POST", "/api/v1/auth/users", ("email", "username", "password")),
    ("POST", "/api/v1/auth/jwt/create", ("login", "email", "username", "password")),
    ("POST", "/api/v1/auth/jwt/refresh", ("refresh",)),
    ("POST", "/api/v1/auth/jwt/verify", ("token",)),
    ("POST", "/api/v1/auth/logout", ("refresh",)),
    ("PATCH", "/api/v1/auth/users/me", ("profile",)),
    ("POST", "/api/v2/sessions", ("login", "password", "mode")),
    ("POST", "/api/v2/sessions/refresh", ("refresh_token",)),
]
TEXT = st.text(alphabet=st.characters(codec=None), max_size=40)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.just("a@example.org")
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
PROFILE = st.dictionaries(st.sampled_from(["bio", "avatar", "locale", "999999999999"]), VALUES)


@pytest.mark.parametrize(("method", "path", "fields"), ENDPOINTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_json_is_answered(alice: Caller, method: str, path: str, fields: tuple[str, ...], data: Any) -> None:
    names = st.sampled_from(fields) | TEXT
    body = data.draw(st.dictionaries(names, VALUES | PROFILE, max_size=5) | VALUES)
    answer = alice.call(method, path, json.dumps(body).encode("utf-8", "surrogatepass"))
    assert answer.status < 500


@pytest.mark.parametrize(("method", "path", "fields"), ENDPOINTS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.binary(min_size=1, max_size=60).filter(lambda sent: not sent.strip().startswith(b"{")))
def test_bytes_that_are_no_object_are_refused(
    alice: Caller, method: str, path: str, fields: tuple[str, ...], sent: bytes
) -> None:
    assert alice.call(method, path, sent).status in {400, 422}


@pytest.mark.parametrize(("method", "path", "fields"), ENDPOINTS)
def test_names_that_occur_twice_and_huge_values_are_answered(
    alice: Caller, method: str, path: str, fields: tuple[str, ...]
) -> None:
    name = fields[0]
    for sent in (
        f'{{"{name}": "a", "{name}": {{}}}}',
        f'{{"{name}": {"9" * 5000}}}',
        f'{{"{name}": 1e400}}',
        f'{{"{name}": {"[" * 900}{"]" * 900}}}',
        f'{{"{name}": "{"x" * 1_000_000}"}}',
    ):
        assert alice.call(method, path, sent.encode()).status in {200, 204, 400, 401, 422}
