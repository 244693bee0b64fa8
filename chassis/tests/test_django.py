"""A Django service as a client meets it."""

import json
from http import HTTPStatus
from secrets import token_hex
from typing import Any, cast
from uuid import UUID

import pytest
from chassis.django import error_views, health
from chassis.django.authentication import Anonymous, Principal
from chassis.django.settings import cache, database, django_settings
from chassis.problems import Problem
from chassis.settings import SettingsError
from chassis.testing import LocalServer, TokenMint
from chassis.tokens import KeySet
from django.conf import settings as django_conf
from django.core.checks import run_checks
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from prometheus_client import REGISTRY
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

ALICE = UUID("01930000-0000-7000-8000-000000000001")


class ImageIn(serializers.Serializer[Any]):
    media = serializers.UUIDField()


class PostIn(serializers.Serializer[Any]):
    title = serializers.CharField()
    images = ImageIn(many=True, required=False)


class PostsView(APIView):
    """Public to read, for callers to write."""

    permission_classes = ()

    def get(self, request: Request, **_: str) -> Response:
        user = cast("Principal | Anonymous", request.user)
        return Response({"user": user.username, "reader": "reader" in getattr(request.auth, "roles", ())})

    def post(self, request: Request, **_: str) -> Response:
        post = PostIn(data=request.data)
        post.is_valid(raise_exception=True)
        return Response(post.data, 201)


class MineView(APIView):
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request, **_: str) -> Response:
        assert isinstance(request.user, Principal)
        return Response({"id": str(request.user.pk), "kid": request.auth.kid})


class UnlistedView(APIView):
    """Its operations are not in contracts/access.yaml, and it says nothing of who may."""

    def get(self, _request: Request, **_: str) -> Response:
        return Response({})


class FailingView(APIView):
    permission_classes = ()

    def get(self, _request: Request, **kwargs: str) -> Response:
        match kwargs["how"]:
            case "missing":
                raise Http404
            case "forbidden":
                raise PermissionDenied
            case "throttled":
                raise Throttled(wait=29.5)
            case "problem":
                raise Problem(409, "transition_refused", "A draft cannot be archived.")
        raise RuntimeError("a defect")


def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


def failing_page(_request: HttpRequest, how: str) -> HttpResponse:
    raise {"400": SuspiciousOperation, "403": PermissionDenied, "404": Http404, "500": RuntimeError}[how]("<b>why</b>")


class Site:
    """Stands for a URLconf module."""

    urlpatterns = (
        *health.urlpatterns,
        path("plain", plain),
        path("pages/<how>", failing_page),
        path("api/<version>/posts", PostsView.as_view()),
        path("api/<version>/mine", MineView.as_view()),
        path("api/<version>/unlisted", UnlistedView.as_view()),
        path("api/<version>/failing/<how>", FailingView.as_view()),
    )
    handler400 = staticmethod(error_views.bad_request)
    handler403 = staticmethod(error_views.permission_denied)
    handler404 = staticmethod(error_views.not_found)
    handler500 = staticmethod(error_views.server_error)


@pytest.fixture
def client(keys: KeySet) -> Any:
    with override_settings(ROOT_URLCONF=Site, TOKEN_KEYS=keys.get):
        yield Client(raise_request_exception=False)


def post(client: Client, body: bytes | str, content_type: str = "application/json", version: str = "v1") -> Any:
    return client.generic("POST", f"/api/{version}/posts", body, content_type)


def test_request_id_is_kept_or_made(client: Client) -> None:
    assert client.get("/plain", headers={"X-Request-ID": "req-12345678"})["X-Request-ID"] == "req-12345678"
    for bad in ("short", "x" * 65, "with space", "ümlaut-12345"):
        made = client.get("/plain", headers={"X-Request-ID": bad})["X-Request-ID"]
        assert made != bad
        assert len(made) == 32


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("status", [400, 403, 404, 500])
@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("application/json;q=0.5, text/html;q=0.6", True),
        ("text/*", True),
        (None, False),
        ("*/*", False),
        ("application/json", False),
        ("text/html;q=0.5, application/json;q=0.6", False),
        ("text/html;q=0", False),
        ("image/png", False),
        ("", False),
        (";;,text/html;q=much", True),
    ],
)
def test_an_error_is_a_page_or_a_problem_as_it_is_asked_for(
    client: Client, status: int, accept: str | None, is_page: bool
) -> None:
    answer = client.get(f"/pages/{status}", headers={} if accept is None else {"Accept": accept})
    assert answer.status_code == status
    assert "Accept" in answer["Vary"]
    assert b"why" not in answer.content
    if is_page:
        assert answer["Content-Type"] == "text/html; charset=utf-8"
        assert HTTPStatus(status).phrase.encode() in answer.content
    else:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_an_api_speaks_json_whatever_is_accepted(client: Client) -> None:
    answer = client.get("/api/v2/nowhere", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_metrics_know_the_route_template(client: Client) -> None:
    client.get("/api/v1/posts")
    labels = {"http_request_method": "GET", "http_response_status_code": "200"}
    route = {"http_route": "/api/<version>/posts"}
    assert REGISTRY.get_sample_value("http_server_request_duration_seconds_count", labels | route)
    assert b"/api/<version>/posts" in client.get("/metrics").content


def test_caller_is_known_by_token(client: Client, mint: TokenMint) -> None:
    token = mint.access(ALICE, "alice")
    answer = client.get("/api/v1/mine", headers={"Authorization": f"bearer {token}"})
    assert answer.json() == {"id": str(ALICE), "kid": mint.kid}


def test_stranger_is_nobody_and_may_read(client: Client) -> None:
    assert client.get("/api/v1/posts").json() == {"user": "", "reader": False}


def test_no_token_is_401_with_scheme(client: Client) -> None:
    v1, v2 = client.get("/api/v1/mine"), client.get("/api/v2/mine")
    assert v1.status_code == v2.status_code == 401
    assert v1.json()["code"] == v2.json()["code"] == "token_missing"
    assert v1["WWW-Authenticate"].startswith('Bearer error="')
    assert v2["Content-Type"] == "application/problem+json"
    assert v2.json()["type"] == "http://127.0.0.1:8000/problems/token_missing"
    assert v2.json()["request_id"] == v2["X-Request-ID"]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_an_operation_that_is_not_listed_is_refused_whoever_asks(client: Client, mint: TokenMint, method: str) -> None:
    token = mint.access(ALICE, "alice", roles=("admin",), scope="account posts media")
    for headers in ({}, {"Authorization": f"Bearer {token}"}):
        answer = getattr(client, method)("/api/v1/unlisted", headers=headers)
        assert answer.status_code == 404
        assert method == "head" or answer.json()["code"] == "route_unknown"
    assert client.post("/api/v1/unlisted").status_code == 405


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic YTpi", "Bearer"])
def test_invalid_token_is_401_even_where_none_is_needed(client: Client, header: str) -> None:
    answer = client.get("/api/v1/posts", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_malformed")
    assert "WWW-Authenticate" in answer


def test_keys_come_from_auth_and_their_absence_is_503(
    client: Client, mint: TokenMint, http_server: LocalServer
) -> None:
    header = {"Authorization": f"Bearer {mint.access(ALICE, 'alice')}"}
    http_server.reply = lambda _request: (200, json.dumps(mint.jwks()).encode())
    for url, status in ((http_server.url, 200), ("http://127.0.0.1:9", 503)):
        service = django_conf.SERVICE_SETTINGS.model_copy(update={"auth_url": url})
        keys = "chassis.django.authentication.key_of_issuer"
        with override_settings(SERVICE_SETTINGS=service, TOKEN_KEYS=keys):
            answer = client.get("/api/v1/mine", headers=header)
        assert answer.status_code == status
    assert (answer.json()["code"], answer["Retry-After"]) == ("keys_unavailable", "1")
    assert http_server.requests[0].path == "/.well-known/jwks.json"


def test_field_errors_are_nested_in_v1(client: Client) -> None:
    answer = post(client, '{"images": [{"media": "x"}]}')
    assert answer.status_code == 400
    assert answer.json() == {"title": ["This field is required."], "images": [{"media": ["Must be a valid UUID."]}]}


def test_field_errors_have_pointers_in_v2(client: Client) -> None:
    answer = post(client, '{"images": [{"media": "x"}]}', version="v2")
    assert answer.status_code == 422
    assert answer.json()["code"] == "validation_failed"
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/title", "required"),
        ("/images/0/media", "invalid"),
    ]


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
def test_body_that_is_no_json_is_400(client: Client, body: bytes) -> None:
    answer = post(client, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b""])
def test_json_that_is_no_post_is_400(client: Client, body: bytes) -> None:
    assert post(client, body).status_code == 400


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=rot13", "nonsense"],
)
def test_other_content_types_are_415(client: Client, content_type: str) -> None:
    answer = post(client, b'{"title": "x"}', content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_utf8_may_be_said(client: Client) -> None:
    assert post(client, '{"title": "é"}'.encode(), 'application/json; charset="UTF-8"').json()["title"] == "é"


def test_long_body_is_413(client: Client) -> None:
    answer = post(client, b'{"title": "' + b"x" * 2**21 + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("missing", 404, "not_found"),
        ("forbidden", 403, "permission_denied"),
        ("throttled", 429, "rate_limited"),
        ("problem", 409, "transition_refused"),
        ("defect", 500, "internal_error"),
    ],
)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_error_has_one_shape(client: Client, version: str, how: str, status: int, code: str) -> None:
    answer = client.get(f"/api/{version}/failing/{how}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("instance" in answer.json()) == (version == "v2")
    assert "RuntimeError" not in answer.text
    assert answer["X-Request-ID"]


def test_throttled_says_when_to_come_back(client: Client) -> None:
    assert client.get("/api/v1/failing/throttled")["Retry-After"] == "30"


def test_wrong_method_and_unknown_path(client: Client) -> None:
    wrong = client.delete("/api/v1/posts")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong["Allow"]
    assert client.get("/api/v2/nowhere").json()["code"] == "not_found"


@pytest.mark.django_db(transaction=True)
def test_probes(client: Client) -> None:
    assert client.get("/livez").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (200, {"database": "ok", "migrations": "ok"})


@pytest.mark.django_db(transaction=True)
def test_sqlite_waits_for_locks_and_writes_ahead() -> None:
    with connection.cursor() as cursor:
        pragmas = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("busy_timeout", "synchronous")]
    assert pragmas == [10_000, 1]
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql_url() -> None:
    entry = database("postgresql://al%40ice:p%2Fw@db:5433/press?sslmode=require", "PRESS_DATABASE_URL")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"]) == ("al@ice", "p/w", "db", 5433)
    assert entry["OPTIONS"]["sslmode"] == "require"
    assert entry["OPTIONS"]["pool"]["max_size"] >= 8
    assert entry["CONN_HEALTH_CHECKS"]


def test_postgresql_url_with_an_address_of_ipv6() -> None:
    entry = database("postgresql://alice@[::1]:5433/press", "PRESS_DATABASE_URL")
    assert (entry["HOST"], entry["PORT"]) == ("::1", 5433)
    with pytest.raises(SettingsError, match=r"PRESS_DATABASE_URL .* an IPv6 address has brackets"):
        database("postgresql://alice@::1:5433/press", "PRESS_DATABASE_URL")


def test_sqlite_url_may_be_relative_or_absolute() -> None:
    assert database("sqlite:///var/press.sqlite3", "X")["NAME"] == "var/press.sqlite3"
    assert database("sqlite:////srv/press.sqlite3", "X")["NAME"] == "/srv/press.sqlite3"


def test_other_urls_are_refused_in_a_sentence() -> None:
    with pytest.raises(SettingsError, match="PRESS_DATABASE_URL must begin with"):
        database("mysql://db/press", "PRESS_DATABASE_URL")
    with pytest.raises(SettingsError, match="CACHE_URL must begin with"):
        cache("file:///tmp")


@pytest.mark.parametrize(("url", "backend"), [("redis://c:6379/0", "Redis"), ("memcached://c:11211", "Memcached")])
def test_cache_servers(url: str, backend: str) -> None:
    assert backend in cache(url)["BACKEND"]


def test_production_passes_the_deployment_checks() -> None:
    update = {"environment": "production", "public_url": "https://news.example", "secret_key": token_hex(32)}
    made = django_settings(django_conf.SERVICE_SETTINGS.model_copy(update=update))
    made["MIDDLEWARE"] = [
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
    del made["DATABASES"]  # which Django does not like to see overridden
    with override_settings(**made):
        found = run_checks(tags=["security"], include_deployment_checks=True)
        assert [message for message in found if not message.is_silenced()] == []


def test_production_behind_tls_keeps_cookies_secure() -> None:
    update = {"environment": "production", "public_url": "https://news.example"}
    made = django_settings(django_conf.SERVICE_SETTINGS.model_copy(update=update))
    assert made["SESSION_COOKIE_SECURE"]
    assert made["CSRF_COOKIE_SECURE"]
    assert made["SECURE_HSTS_SECONDS"]
    assert not made["DEBUG"]
