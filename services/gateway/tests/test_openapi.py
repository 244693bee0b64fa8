"""The merged document, as it is served and as it is made."""

import re
from typing import Any

import httpx
import pytest
from chassis.access import find
from chassis.testing import TokenMint
from gateway_service.config import GatewayConfig, read
from gateway_service.documents.merging import merged
from gateway_service.documents.openapi import EVERYBODY, OpenApi
from gateway_service.routing import RouteTable
from gateway_service.settings import settings
from gateway_service.testing import ALICE
from jsonschema import Draft202012Validator

METHODS = {"get", "put", "post", "delete", "patch"}
Json = dict[str, Any]


def operations(document: Json) -> dict[tuple[str, str], Json]:
    return {
        (method.upper(), path): operation
        for path, under in document["paths"].items()
        for method, operation in under.items()
        if method in METHODS
    }


@pytest.fixture(params=["1", "2"])
def document(request: pytest.FixtureRequest, stranger: httpx.Client) -> Json:
    answer = stranger.get(f"/openapi.json?version={request.param}")
    assert answer.headers["content-type"] == "application/json"
    told: Json = answer.json()
    assert told["info"]["version"] == request.param
    return told


def may_be_of_a_new_account(method: str, path: str) -> bool:
    access = find(method, path)
    return not access or not access.roles or "author" in access.roles


def test_document_has_all_routes_of_its_version_and_no_others(document: Json) -> None:
    version = document["info"]["version"]
    routes = {
        (method, re.sub(r"\{\w+\}", "{}", route.path))
        for route in read(settings().config).routes
        for method in route.methods
        if route.path.startswith(f"/api/v{version}/") or not route.path.startswith(("/api/", "/realworld/"))
        if may_be_of_a_new_account(method, route.path)
    }
    assert {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in operations(document)} == routes


def test_document_is_openapi(document: Json) -> None:
    assert document["openapi"] == "3.1.0"
    ids = [operation["operationId"] for operation in operations(document).values()]
    assert len(ids) == len(set(ids))
    for reference in re.findall(r"'\$ref': '#/([^']+)'", str(document)):
        node = document
        for part in reference.split("/"):
            node = node[part]
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_document_names_the_server_and_one_way_to_log_in(document: Json, stranger: httpx.Client) -> None:
    assert [server["url"] for server in document["servers"]] == [str(stranger.base_url)]
    assert list(document["components"]["securitySchemes"]) == ["bearer"]
    named = [set(each) for operation in operations(document).values() for each in operation.get("security", [])]
    assert {"bearer"} in named
    assert all(each <= {"bearer"} for each in named)


def test_operations_have_names_that_a_person_would_choose(document: Json) -> None:
    ids = [operation["operationId"] for operation in operations(document).values()]
    assert all(re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", each) for each in ids)
    assert {"posts.create", "posts.list", "comments.delete", "me.read"} <= set(ids)


def test_security_is_that_of_the_table_of_access(document: Json) -> None:
    for (method, path), operation in operations(document).items():
        access = find(method, path)
        expected: dict[str, list[Json]] = {"required": [{"bearer": []}], "optional": [{}, {"bearer": []}], "public": []}
        assert operation["security"] == (expected[access.auth] if access else []), path


def test_every_refusal_says_what_it_means(document: Json) -> None:
    for operation in operations(document).values():
        for status, answer in operation["responses"].items():
            assert answer.get("description") or status < "400" or "$ref" in answer, (operation["operationId"], status)


def test_refusals_have_the_form_of_the_version_and_of_the_gateway(document: Json) -> None:
    refused = document["components"]["responses"]
    problem = {"$ref": "#/components/schemas/Problem"}
    assert all(each["content"]["application/problem+json"]["schema"] == problem for each in refused.values())
    assert ("Refused" in refused) == (document["info"]["version"] == "1")
    assert all({"401", "429"} <= operation["responses"].keys() for operation in operations(document).values())
    assert refused["TooManyRequests"]["headers"].keys() == {"Retry-After", "RateLimit", "RateLimit-Policy"}


def test_version_is_the_default_one_unless_asked_for(stranger: httpx.Client) -> None:
    assert stranger.get("/openapi.json").json()["info"]["version"] == "1"
    refused = stranger.get("/openapi.json?version=9")
    assert (refused.status_code, refused.json()["code"]) == (404, "version_unknown")
    assert refused.json()["supported"] == ["1", "2"]


def test_document_of_staff_is_for_nobody_else(stranger: httpx.Client, alice: httpx.Client, mint: TokenMint) -> None:
    public, own = stranger.get("/openapi.json"), alice.get("/openapi.json")
    assert public.headers["cache-control"] == own.headers["cache-control"] == "public, max-age=3600"
    assert {"Authorization", "Origin"} <= set(public.headers["vary"].split(", "))
    assert own.content == public.content
    moderators = {"Authorization": f"Bearer {mint.access(ALICE, 'dana', roles=('moderator',))}"}
    for _ in range(2):
        assert stranger.get("/openapi.json", headers=moderators).headers["cache-control"] == "private, no-store"


def test_invalid_token_is_refused_as_everywhere(stranger: httpx.Client, mint: TokenMint) -> None:
    refused = stranger.get("/openapi.json", headers={"Authorization": "Bearer nonsense"})
    assert (refused.status_code, refused.json()["code"]) == (401, "token_malformed")
    expired = mint.access(ALICE, "alice", exp=1)
    assert stranger.get("/openapi.json", headers={"Authorization": f"Bearer {expired}"}).status_code == 401


def test_operations_of_staff_are_shown_to_staff_alone() -> None:
    packaged = read(settings().config).model_dump(exclude_unset=True)
    for route in packaged["routes"]:
        if route["path"] == "/api/v1/tags":
            route["methods"]["GET"] = {"auth": "required", "roles": ["moderator"]}
    config = GatewayConfig.model_validate(packaged)
    made = OpenApi(config, RouteTable(config.routes, config.limits), "https://news.example", lambda exchange: None)  # type: ignore[arg-type]
    public, staff = made.document("1", EVERYBODY), made.document("1", EVERYBODY | {"moderator"})
    assert operations(staff).keys() - operations(public).keys() == {("GET", "/api/v1/tags")}
    assert "TagPageShape" in staff["components"]["schemas"]
    assert "TagPageShape" not in str(public)


REFERS = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}}


def of_service(kind: str) -> Json:
    return {
        "paths": {
            f"/{kind}": {"get": {"operationId": f"v1.{kind}.list", "responses": REFERS, "security": [{"bearer": []}]}}
        },
        "components": {
            "schemas": {
                "Page": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
                "Item": {"type": kind},
                "Same": {"type": "string"},
            }
        },
    }


def test_names_that_say_different_things_are_told_apart() -> None:
    given = {"blog": of_service("string"), "media": of_service("integer")}
    made = merged(given, lambda *_: True)
    schemas = made["components"]["schemas"]
    assert schemas.keys() == {"BlogPage", "BlogItem", "MediaPage", "MediaItem"}  # and nothing that nobody refers to
    assert schemas["MediaPage"]["items"] == {"$ref": "#/components/schemas/MediaItem"}
    assert [each["operationId"] for each in operations(made).values()] == ["integer.list", "string.list"]
    assert operations(made)["GET", "/string"]["security"] == [{"bearer": []}]
    assert given["blog"] == of_service("string")


def test_name_that_says_one_thing_is_kept() -> None:
    given = {"blog": of_service("string"), "media": of_service("string")}
    assert merged(given, lambda *_: True)["components"]["schemas"].keys() == {"Page", "Item"}
