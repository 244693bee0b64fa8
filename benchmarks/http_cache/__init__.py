"""RFC 9111 by its public suite, npm's ``http-cache-tests``: the gateway's cache, and nginx's beside it.

What a test asks is ``required``, or optional: whether more could be kept, or only what is done. One is not tried where
something before it, or a test that it depends on, went another way. Needs node, npm and nginx.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from chassis.testing import TokenMint

from benchmarks.gateway.peers import field
from benchmarks.http_cache import running
from benchmarks.results import Figure
from launcher import ROOT
from launcher.servers.ports import LOOPBACK

Tests = list[dict[str, Any]]
MOST_FAILED = 2
"""``Set-Cookie2`` of a service ends at the gateway, as all its cookies do where the route does not let them out; and
``age-parse-prefix`` expects of ``Age: 0,7200`` the contrary of what its name says, and of what others ask of two lines.
"""


def measure(*, quick: bool) -> list[Figure]:  # noqa: ARG001  it takes a minute and a half
    """How many of the required tests fail, and how those of each part went."""
    told: dict[str, Tests] = {}
    mint = TokenMint("https://broadsheet.test", "broadsheet")
    with TemporaryDirectory() as name, field(mint) as start:
        suite = running.package(Path(name))
        with running.origin(suite) as origin:
            path, url = _configuration(Path(name)), f"http://{LOOPBACK}:{origin}"
            gateway = start.gateway("gateway", GATEWAY_CONFIG=str(path), BLOG_URL=url)
            for cache in (gateway, start.caching_nginx(origin)):
                told[cache.name] = running.run(suite, cache.port, origin)
    ours, nginx = (_by_part(tests) for tests in told.values())
    failed = [len(_all(parts, "failed")) for parts in (ours, nginx)]
    all_failed = Figure(
        id="http-cache",
        what="required tests that fail",
        value=failed[0],
        unit="tests",
        beside={"which": ", ".join(_all(ours, "failed")), "nginx proxy_cache": failed[1]},
    ).at_most(MOST_FAILED)
    return [all_failed, *(_figure(part, tests, nginx[part]) for part, tests in ours.items())]


def _configuration(folder: Path) -> Path:
    """One route, whose answers are kept without events."""
    packaged = yaml.safe_load((ROOT / "services/gateway/gateway_service/gateway.yaml").read_text())
    kept = {"upstream": "blog", "cache": {"purged": False}, "methods": {"GET": "public"}}
    path = folder / "gateway.yaml"
    path.write_text(yaml.safe_dump(packaged | {"routes": [kept | {"path": "/test/{id}"}]}))
    return path


def _by_part(tests: Tests) -> dict[str, Mapping[str, list[str]]]:
    """By part of the suite and verdict the tests' names."""
    by_id = {test["id"]: test for test in tests}
    parts: dict[str, Mapping[str, list[str]]] = {}
    for test in tests:
        parts.setdefault(test["suite"], defaultdict(list))[_verdict(test, by_id)].append(test["id"])
    return parts


def _verdict(test: dict[str, Any], by_id: Mapping[str, dict[str, Any]]) -> str:
    """As the suite's own page has it."""
    if any(_verdict(by_id[each], by_id) != "passed" for each in test["depends_on"] if each in by_id):
        return "not tried"
    if test["result"] is True:
        return "passed"
    if test["result"][0] != "Assertion":
        return "not tried" if test["result"][0] == "Setup" else "failed"
    return "failed" if test["kind"] == "required" else "optional"


def _figure(part: str, ours: Mapping[str, list[str]], nginx: Mapping[str, list[str]]) -> Figure:
    beside = {verdict: len(ours[verdict]) for verdict in ("failed", "optional", "not tried") if ours[verdict]}
    beside |= {f"nginx {verdict}": len(nginx[verdict]) for verdict in ("passed", "failed") if nginx[verdict]}
    return Figure(id="http-cache", what=part, value=len(ours["passed"]), unit="passed", beside=beside)


def _all(parts: Mapping[str, Mapping[str, list[str]]], verdict: str) -> list[str]:
    return [test for tests in parts.values() for test in tests[verdict]]
