import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from chassis.settings import SettingsError
from gateway_service.commands.check import main as check
from gateway_service.commands.check import schema_text
from gateway_service.commands.routes import main as routes
from gateway_service.config import read
from gateway_service.origin_patterns import MOST_ORIGIN_CHARACTERS, require_safe
from gateway_service.testing.running import start
from jsonschema import Draft202012Validator

PACKAGED = Path(__file__).parents[1] / "gateway_service" / "gateway.yaml"


def test_packaged_configuration_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    check([str(PACKAGED)])
    said = capsys.readouterr().out
    assert "routes with" in said
    assert "left alone where 50% of 10 requests fail, has 32 to 1000 at one time, and 10% are sent again." in said


def test_committed_schema_is_the_generated_one() -> None:
    """Renew it with ``broadsheet gateway check --schema``."""
    assert PACKAGED.with_name("gateway.schema.json").read_text() == schema_text()


def test_schema_accepts_the_packaged_file() -> None:
    Draft202012Validator(json.loads(schema_text())).validate(yaml.safe_load(PACKAGED.read_text()))


WRONG = {
    "unknown member": ("connect_seconds: 2", "conect_seconds: 2", "conect_seconds"),
    "wildcard with credentials": ("origins: []", 'origins: ["*"]', "would let every site act for its visitors"),
    "null origin": ("origins: []", 'origins: ["null"]', "is not an origin"),
    "origin with a path": ("origins: []", "origins: [https://a.example/x]", "is not an origin"),
    "pattern without anchors": ("patterns: []", 'patterns: ["https://.*"]', "must be anchored"),
    "pattern with an open dot": (
        "patterns: []",
        "patterns: ['^https://app.example$']",
        "has a dot that stands for",
    ),
    "pattern of any host": ("patterns: []", "patterns: ['^https://.*$']", "has a dot that stands for"),
    "pattern with open choices": (
        "patterns: []",
        r"patterns: ['^https://a\.example$|^https://b\.example$']",
        "is more",
    ),
    "pattern that repeats repeats": ("patterns: []", r"patterns: ['^https://([a-z]+)+\.example$']", "is more than"),
    "pattern that is slow": ("patterns: []", r"patterns: ['^https://[a-z]+[a-z]+[a-z]+\.example$']", "which is slow"),
    "pattern with a look ahead": ("patterns: []", r"patterns: ['^https://(?=a)a\.example$']", "is more than"),
    "pattern with a set upside down": ("patterns: []", r"patterns: ['^https://[z-a]\.example$']", "is none: bad"),
    "pattern that is none": ("patterns: []", r"patterns: ['^https://[a-\.example$']", "is more than"),
    "unknown default": ('default: "1"', 'default: "9"', "is not among the supported versions"),
    "sunset alone": ('"1": {}', '"1": {sunset: 2027-01-01T00:00:00Z}', "sunset needs a deprecated date"),
    "time without zone": ('"1": {}', '"1": {deprecated: 2027-01-01T00:00:00}', "time zone"),
    "unknown service": ("upstream: media", "upstream: mdia", "'auth', 'blog' or 'media'"),
    "unknown method": ("{GET}", "{PSOT}", "PSOT"),
    "unknown policy": ("{GET}", "{GET: anyone}", "'public', 'optional' or 'required'"),
    "role without a token": ("{GET}", "{GET: {auth: public, roles: [a]}}", "need auth: required"),
    "roles alone": ("{GET}", "{GET: {roles: [a]}}", "need auth: required"),
    "nobody says who may": (
        "path: /api/v1/tags",
        "path: /api/v1/labels",
        "GET /api/v1/labels is not in contracts/access",
    ),
    "route twice": ("path: /api/v1/tags", "path: /api/v1/posts/{other}", "is listed twice"),
    "odd path": ("path: /api/v1/tags", "path: /api//tags", "is not a path"),
    "negative limit": ("body_bytes: 2097152", "body_bytes: -1", "greater than 0"),
    "unknown rate": (
        "rates: [sign-in]",
        "rates: [sing-in]",
        "POST /api/v1/auth/users names no rate of the file: sing-in",
    ),
    "rate twice": ("rates: [sign-in]", "rates: [address]", "names address, which holds everywhere"),
    "burst beyond": ("burst: 500", "burst: 3001", "a burst of 3001 is more than 3000 requests"),
    "rate of nothing": ("requests: 3000", "requests: 0", "greater than 0"),
    "rate by nobody": ("by: client", "by: browser", "'address', 'user' or 'client'"),
    "concurrency in no order": ("least: 32", "least: 201", "are not in this order"),
    "breaker that never opens": ("failures: 0.5", "failures: 1.5", "less than or equal to 1"),
    "shadow on authentication": (
        "GET: , POST: *with_pictures",
        "GET: {auth: required, roles: [author], shadow: true}",
        "cannot be in shadow: without its auth it would be open",
    ),
    "shadow of nothing": ("GET: , POST: *with_pictures", "GET: {shadow: true}", "no roles or scopes of its own"),
    "public write": (
        (
            "path: /api/v1/tags\n    upstream: blog\n    surrogate_keys: true\n    cache: *json\n    compress: public\n"
            "    methods: {GET}"
        ),
        "path: /api/v1/labels\n    upstream: blog\n    methods: {POST: public}",
        "is a write that anybody may do",
    ),
    "internal path": ("path: /api/v1/tags", "path: /internal/tokens", "is not for the public"),
    "admin's path": ("path: /api/v1/tags", "path: /admin/{page}", "is not for the public"),
    "path of metrics": ("path: /api/v1/tags", "path: /metrics", "is not for the public"),
    "path of anything": ("path: /api/v1/tags", "path: /{name}", "begins with anything"),
    "path of anything below": ("path: /api/v1/tags", "path: /{name}/{other}", "begins with anything"),
    "cache without keys": ("    surrogate_keys: true\n    cache", "    cache", "nothing could be purged by events"),
    "cache without GET": (
        "path: /api/v1/auth/logout\n    upstream: auth",
        "path: /api/v1/auth/logout\n    upstream: auth\n    cache: {purged: false}",
        "no GET whose answers could be kept",
    ),
    "compress without GET": (
        "path: /api/v1/auth/logout\n    upstream: auth",
        "path: /api/v1/auth/logout\n    upstream: auth\n    compress: public",
        "no GET whose answers could be compressed",
    ),
    "compress of log-ins": (
        "path: /api/v2/sessions\n    upstream: auth\n    cookies: true",
        "path: /api/v2/sessions\n    upstream: auth\n    cookies: true\n    compress: all",
        "log-ins and files are never compressed",
    ),
    "not YAML": ("versions:", "versions: [", "is not YAML"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_configuration_is_one_sentence(tmp_path: Path, name: str) -> None:
    before, after, sentence = WRONG[name]
    text = PACKAGED.read_text()
    assert before in text
    path = tmp_path / "wrong.yaml"
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(SettingsError, match=sentence):
        read(path)


def test_pictures_apart_need_routes_of_pictures(tmp_path: Path) -> None:
    apart = {"PICTURES_URL": "http://pictures.localhost:8000"}
    path = tmp_path / "own.yaml"
    path.write_text(PACKAGED.read_text().replace("pictures: true", "pictures: false"))
    assert gateway("check", str(path)).returncode == 0
    assert gateway("check", str(PACKAGED), **apart).returncode == 0
    refused = gateway("check", str(path), **apart)
    assert (refused.returncode, "no route says pictures: true" in refused.stderr) == (2, True)
    for workers in ("1", "2"):
        running = start(tmp_path, GATEWAY_CONFIG=str(path), GATEWAY_WORKERS=workers, **apart)
        assert running.process.wait(20) == 2
        assert "no route says pictures: true" in running.log_path.read_text()


def test_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        read(tmp_path / "missing.yaml")


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"GATEWAY_CONFIG": "/nowhere.yaml"}, "cannot be read"),
        ({"GATEWAY_PROT": "1"}, "GATEWAY_PROT is not a setting of gateway; did you mean GATEWAY_PORT?"),
        ({"GATEWAY_TRUSTED_PROXIES": "10.0.0.0/33"}, "GATEWAY_TRUSTED_PROXIES"),
        ({"GATEWAY_CORS_ORIGINS": "*"}, "GATEWAY_CORS_ORIGINS"),
        ({"COOKIE_ORIGINS": "https://app.example, null"}, "COOKIE_ORIGINS"),
        (
            {"PUBLIC_URL": "http://a.example", "GATEWAY_PICTURES_HOSTS": "b.example, A.example"},
            "A.example has all else",
        ),
        ({"AUTH_URL": "auth:8010"}, "AUTH_URL: must begin with http"),
    ],
)
def test_wrong_setting_stops_the_start_with_a_sentence(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    running = start(tmp_path, **environment)
    assert running.process.wait(20) == 2
    said = running.log_path.read_text()
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_taken_port_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    running = start(tmp_path)
    running.wait_until_listening()
    for taken in ({"GATEWAY_PORT": str(running.port)}, {"GATEWAY_ADMIN_PORT": str(running.admin_port)}):
        second = start(tmp_path, **taken)
        assert second.process.wait(20) == 2
        assert f"set {next(iter(taken))}" in second.log_path.read_text()
    running.stop()


def test_routes_are_told_with_who_may_and_how_often(capsys: pytest.CaptureFixture[str]) -> None:
    routes([str(PACKAGED)])
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "every request: address 6000 in 60 s, 1000 at once"
    sign_in = (
        "POST   /api/v1/auth/jwt/create > auth: public; 16384 bytes, 20 s a try, 60 s; sign-in 300 in 60 s, 100 at once"
    )
    assert sign_in in said
    assert any(
        line.startswith("POST   /api/v1/posts > blog: required with scopes posts, one of admin author") for line in said
    )
    assert any(
        line.startswith("GET    /api/v1/posts > ") and "; kept for strangers; compressed for strangers" in line
        for line in said
    )
    assert any(line.startswith("GET    /l/{signature}/{preset} > media: ") and "; pictures" in line for line in said)
    assert len(said) == 2 + sum(len(route.methods) for route in read(PACKAGED).routes)


def gateway(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chassis.run", "gateway", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)


def explain(*words: str, **environment: str) -> str:
    told = gateway("explain", *words, **environment)
    assert told.returncode == 0, told.stderr
    return told.stdout


def test_explain_answers_for_the_host_that_is_given() -> None:
    apart = {"PICTURES_URL": "http://pictures.localhost:8000"}
    picture = ("GET", "/m/9f8b/1/thumb.webp")
    assert "pictures   answers: 308" in explain(*picture, **apart)
    assert "forwarded to media" in explain(*picture, "--header", "Host: pictures.localhost:8000", **apart)


def test_explain_replays_the_decision() -> None:
    said = explain("GET", "/api/posts/first-light/?a=1", "--header", "API-Version: 1")
    assert "version    passes: /api/v1/posts/first-light" in said
    assert "forwarded to blog: GET http://127.0.0.1:8020/api/v1/posts/first-light?a=1" in said
    assert "waited for 20 s, again once if that ends without an answer; 60 s in all" in said
    assert "503 circuit_open for 5 s where 50% of 10 requests or more had no answer within 10 s" in said
    assert "503 overloaded beyond 90% of what the service can work on at one time, 32 to 1000 requests" in said
    kept = "/api/v1/posts/first-light?a=1, accept: application/json; events purge it"
    assert f"cache      passes, or answers: {kept}" in said
    assert "compress   passes: br for text of 1024 bytes or more" in explain(
        "GET", "/api/v1/posts", "--header", "Accept-Encoding: gzip;q=0.5, br"
    )
    assert "compress   passes: as it is" in said
    assert "this client alone" in explain("GET", "/api/v1/posts", "--header", "Cookie: a=1")
    assert "policy     refuses: 401 token_missing" in explain("DELETE", "/api/v1/posts/x")
    log_in = explain("POST", "/api/v1/auth/jwt/create")
    assert "address    passes: 192.0.2.1; address 6000 in 60 s, 1000 at once" in log_in
    assert "sign-in 300 in 60 s, 100 at once" in log_in
    assert "waited for 20 s, never again; 60 s in all" in log_in
    assert "address 6000000 in 60 s" in explain("GET", "/api/v1/posts", "--address", "127.0.0.1")
    assert "canonical  refuses: 400 path_ambiguous" in explain("GET", "/api/../x")
    assert "token      refuses: 401 token_malformed" in explain("GET", "/api/v1/posts", "--token", "nonsense")


@pytest.mark.parametrize(
    "pattern",
    [
        r"^https://[a-z0-9-]+\.preview\.example$",
        r"^https://(?:app|admin)(-[a-z]{2})?\.example\.com$",
        r"^http://localhost:\d{4,5}$",
        r"^https://[a-z]+\.[a-z]+\.example:8443$",
    ],
)
def test_pattern_that_is_safe_is_taken_and_quick(pattern: str) -> None:
    require_safe(pattern)
    assert not re.fullmatch(pattern, "https://" + "a" * (MOST_ORIGIN_CHARACTERS - 8))
