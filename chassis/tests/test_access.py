"""The table of who may call what, and what it makes of a caller."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis.access import Access, Table, find, listed, table
from chassis.django.access import template
from chassis.problems import Problem
from chassis.testing import TokenMint
from chassis.tokens import Claims, Verifier
from pydantic import ValidationError

OPENAPI = Path(__file__).parents[2] / "contracts" / "openapi"
ALICE = UUID("01930000-0000-7000-8000-000000000001")
WRITE = Access(auth="required", scopes=frozenset({"posts", "media"}), roles=frozenset({"author", "editor"}))


@pytest.fixture
def claims(mint: TokenMint, verifier: Verifier) -> Callable[..., Claims]:
    return lambda *roles, scope: verifier.verify(mint.access(ALICE, "alice", roles=roles, scope=scope))


def refusal(access: Access, caller: Claims | None) -> Problem:
    with pytest.raises(Problem) as raised:
        access.require(caller)
    return raised.value


def test_all_scopes_and_one_of_the_roles_are_needed(claims: Callable[..., Claims]) -> None:
    WRITE.require(claims("reader", "editor", scope="media account posts"))
    assert refusal(WRITE, None).code == "token_missing"
    assert refusal(WRITE, claims("author", scope="posts")).code == "scope_missing"
    assert refusal(WRITE, claims("reader", scope="posts media")).code == "role_missing"
    assert refusal(WRITE, claims(scope="posts media")).code == "role_missing"
    assert refusal(WRITE, claims("author", scope="postsmedia")).code == "scope_missing"


def test_a_refusal_says_what_is_lacking(claims: Callable[..., Claims]) -> None:
    problem = refusal(WRITE, claims("author", scope=""))
    assert (problem.status, problem.detail) == (403, "Needed: media posts.")
    assert problem.headers == {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="media posts"'}
    problem = refusal(WRITE, claims(scope="posts media"))
    assert (problem.status, problem.detail, problem.headers) == (403, "Needed is one of: author, editor.", {})


@pytest.mark.parametrize("auth", ["public", "optional"])
def test_who_needs_no_token_may_come_with_a_narrow_one(auth: Any, claims: Callable[..., Claims]) -> None:
    Access(auth=auth).require(None)
    Access(auth=auth).require(claims(scope=""))


def test_fields_may_have_any_name_and_head_is_as_get() -> None:
    assert find("HEAD", "/api/v1/posts/{any}") is find("GET", "/api/v1/posts/{slug}") is not None
    assert find("OPTIONS", "/api/v1/posts/{slug}") is None
    assert find("GET", "/api/v1/posts/x") is None
    with pytest.raises(Problem, match=r"POST /nowhere is not listed in contracts/access\.yaml"):
        listed("POST", "/nowhere")


@pytest.mark.parametrize("service", ["auth", "blog", "media"])
def test_the_table_lists_the_operations_of_the_contract_and_no_others(service: str) -> None:
    paths = json.loads((OPENAPI / f"{service}.json").read_text())["paths"]
    assert {(method.upper(), path) for path, item in paths.items() for method in item} == set(table().of(service))


@pytest.mark.parametrize(
    ("rules", "methods", "sentence"),
    [
        ({"write": {"auth": "required"}}, {"GET": "wirte"}, "/p names no rule of the table: wirte"),
        (
            {"write": {"auth": "public", "roles": ["a"]}},
            {"GET": "write"},
            "roles, scopes and a session need auth: required",
        ),
        (
            {"write": {"auth": "required", "roles": ["a"]}},
            {"GET": "write"},
            "the rule write names no role of the table: a",
        ),
        ({"write": {"auth": "required", "scope": ["a"]}}, {"GET": "write"}, "Extra inputs are not permitted"),
        ({"write": {"auth": "required"}}, {"get": "write"}, "'GET', 'POST'"),
        ({"write": {}}, {"GET": "write"}, "Field required"),
    ],
)
def test_a_wrong_table_is_refused(rules: Any, methods: Any, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Table.model_validate({"rules": rules, "operations": {"blog": {"/p": methods}}})


@pytest.mark.parametrize(
    ("route", "path"),
    [
        ("api/v1/posts/<slug:slug>/publish", "/api/v1/posts/{slug}/publish"),
        (r"api/v1/^profiles/(?P<username>[a-zA-Z0-9_.-]{3,30})$", "/api/v1/profiles/{username}"),
        (".well-known/jwks.json", "/.well-known/jwks.json"),
    ],
)
def test_a_route_of_django_is_a_path_of_the_contract(route: str, path: str) -> None:
    assert template(route) == path
