"""A FastAPI service as a client meets it."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, ClassVar
from uuid import UUID

import pytest
from chassis.fastapi import exceptions
from chassis.fastapi.access import enforce_access_table
from chassis.fastapi.authentication import Caller, optional_caller
from chassis.fastapi.health import health_router
from chassis.fastapi.middleware import RequestContextMiddleware
from chassis.fastapi.routing import StrictJsonRoute
from chassis.health import Health
from chassis.problems import FieldError, Problem, invalid_fields
from chassis.revocations import feed_of
from chassis.settings import ClientSettings
from chassis.testing import TokenMint
from chassis.tokens import Claims, Verifier
from fastapi import APIRouter, Depends, FastAPI, HTTPException, UploadFile
from fastapi.responses import StreamingResponse
from httpx import ASGITransport, AsyncClient
from prometheus_client import REGISTRY
from pydantic import BaseModel
from sqlalchemy import QueuePool, create_engine

POOL = create_engine("sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0)
ALICE = UUID("01930000-0000-7000-8000-000000000001")
router = APIRouter(prefix="/api/{version}", route_class=StrictJsonRoute)


class ImageIn(BaseModel):
    media: UUID


class PostIn(BaseModel):
    title: str
    images: list[ImageIn] = []


@router.post("/posts", status_code=201)
async def create(post: PostIn) -> PostIn:
    return post


@router.get("/posts")
async def read(caller: Annotated[Claims | None, Depends(optional_caller)], page: int = 1) -> dict[str, Any]:
    return {"user": caller.username if caller else None, "page": page}


@router.get("/mine")
async def mine(caller: Caller) -> dict[str, str]:
    return {"id": str(caller.sub)}


@router.post("/files")
async def upload(file: UploadFile) -> dict[str, int | None]:
    return {"bytes": file.size}


@router.get("/stream")
async def stream() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        yield b"second"

    return StreamingResponse(parts())


@router.get("/failing/database_full")
async def fail_on_a_full_database() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.exec_driver_sql("CREATE TABLE post (title text)")


@router.get("/failing/database_locked")
async def fail_on_a_database_another_writes_to() -> None:
    with TemporaryDirectory() as folder:
        database = create_engine(f"sqlite:///{folder}/posts.sqlite3", connect_args={"timeout": 0})
        with database.connect() as one, database.connect() as another:
            one.exec_driver_sql("BEGIN IMMEDIATE")
            another.exec_driver_sql("BEGIN IMMEDIATE")


@router.get("/failing/disk_full")
def fail_on_a_full_disk() -> None:
    Path("/dev/full").write_text("x")


@router.get("/failing/no_file")
def fail_without_a_file() -> None:
    Path("/nowhere").read_text()


@router.get("/failing/{how}")
async def fail(how: str) -> None:
    match how:
        case "problem":
            raise Problem(409, "transition_refused", "A draft cannot be archived.")
        case "missing":
            raise HTTPException(404)
        case "pool":
            with POOL.connect(), POOL.connect():
                pass
        case "sql":
            with POOL.connect() as connection:
                connection.exec_driver_sql("SELECT * FROM nowhere")
        case "fields":
            raise invalid_fields([FieldError("/images/0/media", "unknown", "There is no such picture.")])
    raise RuntimeError("a defect")


listed = APIRouter(dependencies=[Depends(enforce_access_table)])


@listed.get("/api/{version}/unlisted")
@listed.head("/api/{version}/unlisted")
async def nowhere_listed() -> None:
    """Not in contracts/access.yaml."""


class PressSettings(ClientSettings):
    service: ClassVar[str] = "press"


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
async def client(verifier: Verifier, health: Health) -> AsyncIterator[AsyncClient]:
    app = FastAPI()
    app.add_middleware(RequestContextMiddleware)
    app.include_router(router)
    app.include_router(listed)
    app.include_router(health_router(health))
    app.state.verifier = verifier
    app.state.revocations = feed_of(PressSettings())
    exceptions.install(app, public_url="http://127.0.0.1:8000")
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://press") as client:
        yield client


async def post(client: AsyncClient, body: bytes, content_type: str = "application/json", version: str = "v1") -> Any:
    return await client.post(f"/api/{version}/posts", content=body, headers={"Content-Type": content_type})


async def test_request_id_is_kept_or_made(client: AsyncClient) -> None:
    kept = await client.get("/livez", headers={"X-Request-ID": "req-12345678"})
    made = await client.get("/livez", headers={"X-Request-ID": "short"})
    assert kept.headers["X-Request-ID"] == "req-12345678"
    assert len(made.headers["X-Request-ID"]) == 32


async def test_every_answer_is_nosniff(client: AsyncClient) -> None:
    for path in ("/livez", "/nowhere", "/api/v1/failing/defect"):
        answer = await client.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-ID"]


async def test_metrics_know_the_route_template(client: AsyncClient) -> None:
    (await client.get("/api/v1/failing/problem"))
    labels = {"http_request_method": "GET", "http_response_status_code": "409"}
    route = {"http_route": "/api/{version}/failing/{how}"}
    assert REGISTRY.get_sample_value("http_server_request_duration_seconds_count", labels | route)
    assert "/api/{version}/failing/{how}" in (await client.get("/metrics")).text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_operation_that_is_not_listed_is_refused_whoever_asks(
    client: AsyncClient, mint: TokenMint, method: str
) -> None:
    token = mint.access(ALICE, "alice", roles=("admin",), scope="account posts media")
    for headers in ({}, {"Authorization": f"Bearer {token}"}):
        answer = await client.request(method, "/api/v1/unlisted", headers=headers)
        assert answer.status_code == 404
        assert method == "HEAD" or answer.json()["code"] == "route_unknown"
    assert (await client.post("/api/v1/unlisted")).status_code == 405


async def test_streams_pass(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/stream")).content == b"firstsecond"


async def test_caller_is_known_by_token(client: AsyncClient, mint: TokenMint) -> None:
    header = {"Authorization": f"bearer {mint.access(ALICE, 'alice')}"}
    assert (await client.get("/api/v1/mine", headers=header)).json() == {"id": str(ALICE)}
    assert (await client.get("/api/v1/posts", headers=header)).json()["user"] == "alice"


async def test_no_token_is_401_with_scheme(client: AsyncClient) -> None:
    answer = await client.get("/api/v2/mine")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="')
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic YTpi", "Bearer"])
async def test_invalid_token_is_401_even_where_none_is_needed(client: AsyncClient, header: str) -> None:
    assert (await client.get("/api/v1/posts")).json()["user"] is None
    answer = await client.get("/api/v1/posts", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_malformed")


async def test_field_errors_are_nested_in_v1(client: AsyncClient) -> None:
    answer = await post(client, b'{"images": [{"media": "x"}]}')
    assert answer.status_code == 400
    assert answer.json()["title"] == ["This field is required."]
    assert list(answer.json()["images"][0]) == ["media"]
    assert (await client.get("/api/v1/failing/fields")).json() == {"images": [{"media": ["There is no such picture."]}]}


async def test_field_errors_have_pointers_in_v2(client: AsyncClient) -> None:
    answer = await post(client, b'{"images": [{"media": "x"}]}', version="v2")
    assert answer.status_code == 422
    assert {e["pointer"]: e["code"] for e in answer.json()["errors"]} == {
        "/title": "required",
        "/images/0/media": "invalid",
    }


async def test_wrong_query_is_a_field_error(client: AsyncClient) -> None:
    assert list((await client.get("/api/v1/posts?page=many")).json()) == ["page"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"title":',
        b'{"title": "\xff"}',
        '{"title": "x"}'.encode("utf-16"),
        b'{"title": NaN}',
        b'{"title": 1e999}',
        b'{"title": "\\ud800"}',
        b'{"title": "\\u0000"}',
        b"[" * 100_000,
        b'{"title": ' + b"9" * 5000 + b"}",
    ],
)
async def test_body_that_is_no_json_is_400(client: AsyncClient, body: bytes) -> None:
    answer = await post(client, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b""])
async def test_json_that_is_no_post_is_400(client: AsyncClient, body: bytes) -> None:
    assert (await post(client, body)).status_code == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "nonsense"])
async def test_other_content_types_are_415(client: AsyncClient, content_type: str) -> None:
    answer = await post(client, b'{"title": "x"}', content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_upload_that_is_no_multipart_is_4xx(client: AsyncClient) -> None:
    for content_type in ("application/json", "multipart/form-data", "multipart/form-data; boundary=x"):
        answer = await client.post("/api/v1/files", content=b"\xff{}", headers={"Content-Type": content_type})
        assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("problem", 409, "transition_refused"),
        ("missing", 404, "not_found"),
        ("pool", 503, "database_unavailable"),
        ("disk_full", 503, "storage_full"),
        ("database_full", 503, "storage_full"),
        ("database_locked", 503, "database_unavailable"),
        ("no_file", 500, "internal_error"),
        ("sql", 500, "internal_error"),
        ("defect", 500, "internal_error"),
    ],
)
@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_every_error_has_one_shape(client: AsyncClient, version: str, how: str, status: int, code: str) -> None:
    answer = await client.get(f"/api/{version}/failing/{how}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("instance" in answer.json()) == (version == "v2")
    assert "RuntimeError" not in answer.text


async def test_wrong_method_and_unknown_path(client: AsyncClient) -> None:
    wrong = await client.delete("/api/v1/posts")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"]
    assert (await client.get("/api/v2/nowhere")).json()["code"] == "not_found"


async def test_probes(client: AsyncClient, health: Health) -> None:
    assert (await client.get("/livez")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).status_code == 200
    health.drain()
    assert (await client.get("/readyz")).status_code == 503
