"""What contracts say of refusals, and answers that are not as a contract says."""

import json
from pathlib import Path
from typing import Any

import pytest
from chassis.openapi import MEANINGS, with_refusals
from chassis.problems import FieldError, Problem, invalid_fields, problem_response
from chassis.testing.contract import Contract

ARTICLE = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
FOUND = {"description": "It", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Article"}}}}


def operation(*parameters: tuple[str, str], body: bool = False) -> dict[str, Any]:
    asked = {"parameters": [{"in": kind, "name": name} for kind, name in parameters]}
    return asked | ({"requestBody": {}} if body else {}) | {"responses": {"200": FOUND}}


def document() -> dict[str, Any]:
    """The contract of a press whose paths are those of blog, by which it is known who may."""
    return with_refusals(
        {
            "info": {"title": "Press"},
            "components": {"schemas": {"Article": ARTICLE}},
            "paths": {
                "/api/v1/posts": {
                    "get": operation(("query", "page")),
                    "post": operation(("header", "Idempotency-Key"), body=True)
                    | {"responses": {"201": FOUND, "415": {"description": "Its own"}}},
                },
                "/api/v2/posts/{post_id}": {"get": operation(("path", "post_id"))},
                "/api/v2/me": {"patch": operation(("header", "If-Match"), body=True)},
            },
        }
    )


@pytest.fixture
def press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Contract:
    for folder in ("events", "openapi"):
        (tmp_path / "contracts" / folder).mkdir(parents=True)
    (tmp_path / "contracts/openapi/press.json").write_text(json.dumps(document()))
    monkeypatch.chdir(tmp_path)
    return Contract("press")


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("get", "/api/v1/posts", {"200", "400", "401", "404"}),
        ("post", "/api/v1/posts", {"201", "400", "401", "403", "409", "413", "415", "422"}),
        ("get", "/api/v2/posts/{post_id}", {"200", "400", "401", "404"}),
        ("patch", "/api/v2/me", {"200", "400", "401", "403", "412", "413", "415", "422", "428"}),
    ],
)
def test_an_operation_lists_the_refusals_of_what_it_takes(method: str, path: str, statuses: set[str]) -> None:
    assert set(document()["paths"][path][method]["responses"]) == statuses


def test_what_an_operation_says_itself_stays_and_the_rest_has_the_form_of_its_version() -> None:
    paths = document()["paths"]
    own = paths["/api/v1/posts"]["post"]["responses"]
    assert own["415"]["description"] == "Its own"
    assert own["415"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Refusal"}
    assert own["400"] == {"$ref": "#/components/responses/RefusedFields", "description": MEANINGS[400]}
    assert own["401"] == {"$ref": "#/components/responses/Refused", "description": MEANINGS[401]}
    assert paths["/api/v2/me"]["patch"]["responses"]["422"]["$ref"] == "#/components/responses/RefusedAsProblem"
    assert "503" in document()["info"]["description"]


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("GET", "/api/v1/posts", Problem(401, "token_expired", "It is over.")),
        ("POST", "/api/v1/posts", invalid_fields([FieldError("/images/2/alt", "blank", "Say what it shows.")])),
        ("GET", "/api/v2/posts/1", Problem(404, "not_found", "There is nothing here.", members={"cause": "gone"})),
        ("PATCH", "/api/v2/me/", invalid_fields([FieldError("/bio", "blank", "Say something.")])),
        ("GET", "/api/v2/posts/1", Problem(503, "database_unavailable", "Soon.")),
        ("PUT", "/api/v1/posts", Problem(405, "method_not_allowed", "This method is not possible here.")),
    ],
)
def test_refusals_as_they_are_made_are_as_they_are_documented(
    press: Contract, method: str, path: str, refusal: Problem
) -> None:
    told = problem_response(refusal, path=path, request_id="1", public_url="https://news.example.org")
    press.hold(method, path, told.status, told.headers["Content-Type"], json.dumps(told.body).encode())


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ((200, "application/json", b'{"title": "First light"}'), None),
        ((200, "application/json; charset=utf-8", b'{"title": "First light"}'), None),
        ((202, "application/json", b"{}"), r"GET /api/v2/posts/\{post_id\} of press: 202 is not in the contract"),
        ((200, "text/html", b"<p>"), "200 is text/html, in the contract application/json"),
        ((200, "application/json", b'{"title": 5}'), r"200 is not as in the contract: .*\$\.title: 5 is not of type"),
        ((200, "application/json", b"{}"), "'title' is a required property"),
        ((200, "application/json", b'{"title": "", "draft": true}'), "'draft' was unexpected"),
        ((404, "application/json", b'{"detail": "", "code": ""}'), "404 is application/json, in the contract appl"),
        ((304, "application/json", b"{}"), "304 has a body, and none in the contract"),
    ],
)
def test_an_answer_that_is_not_as_documented_is_named(
    press: Contract, answer: tuple[int, str, bytes], fault: str | None
) -> None:
    if fault is None:
        press.hold("GET", "/api/v2/posts/1", *answer)
    else:
        with pytest.raises(AssertionError, match=fault):
            press.hold("GET", "/api/v2/posts/1", *answer)


def test_an_operation_that_no_contract_has_answers_nothing_but_that(press: Contract) -> None:
    with pytest.raises(AssertionError, match="GET /api/v1/secrets of press: 200 is not in the contract"):
        press.hold("GET", "/api/v1/secrets", 200, "application/json", b"{}")
    press.hold("GET", "/internal/authors", 200, "application/json", b"{}")
