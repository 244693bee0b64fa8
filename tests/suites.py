"""`make test`: every check and every suite, two at a time, on servers that are started once.

Each suite is a pytest process of its own. At the end one block says what was left out and why, then one line counts.
"""

import contextlib
import os
import sys
from collections import Counter

from launcher import LauncherError
from launcher.interrupting import interrupt_when_asked_to_end
from launcher.servers import Postgres, RabbitMQ, Redis, Server
from launcher.servers.provision import PROGRAM, as_available, missing, provide, provide_programs
from tests.support.jobs import Result, run_all, suite, tool
from tests.support.shared_servers import shared_servers

PLAIN = {  # one run each: every package has a tests/conftest.py, and mypy knows a module by one name
    "chassis": ["chassis"],
    "cli": ["cli"],
    "media": ["services/media"],
    "gateway": ["services/gateway"],
    "the rest": ["launcher", "tests", "benchmarks", "charts", "docker", "ops", "conftest.py"],
}
KINDS: tuple[type[Server], ...] = (Postgres, RabbitMQ, Redis)
PROGRAMS = {  # of tests/ops and the tests of caches and pages, with the Debian package of each
    "chromium": "chromium",
    "memcached": "memcached",
    "prometheus": "prometheus",
    "amtool": "prometheus-alertmanager",
    "nginx": "nginx-light",
    "carbon-cache": "graphite-carbon",
    "graphite-manage": "graphite-web",
    "npm": "npm",
    "prometheus-postgres-exporter": "prometheus-postgres-exporter",
    "prometheus-redis-exporter": "prometheus-redis-exporter",
}
CHECKS = (
    tool("ruff", "ruff", "check", "."),
    tool("format", "ruff", "format", "--check", "."),
    tool("imports", "lint-imports", "--no-logo"),
    tool("registries", "python", "-m", "tests.registries"),
    tool("images of others", "python", "-m", "tests.image_ages"),
    tool("advisories", "python", "-m", "tests.advisories"),
    *(tool(f"types of {name}", "mypy", *paths) for name, paths in PLAIN.items()),
    *(
        tool(
            f"types of {name}",
            "mypy",
            "--config-file=services/django-mypy.toml",
            f"--cache-dir=.mypy_cache/{name}",
            f"services/{name}",
            DJANGO_SETTINGS_MODULE=f"{name}_service.django_settings",
        )
        for name in ("auth", "blog")
    ),
)
SUITES = (
    suite("e2e, servers mode", "tests/e2e", "--mode=servers", needs=(Postgres, RabbitMQ, Redis)),
    suite("chassis", "chassis", needs=(Postgres, RabbitMQ)),
    suite("faults", "tests/faults", "-m", "not long", "-n", "2", "--dist", "loadfile", needs=(Postgres, RabbitMQ)),
    suite(
        "e2e, embedded mode",
        "tests/e2e",
        "--mode=embedded",
        "--ignore-glob=tests/e2e/test_studio*.py",  # they show what the same gateway sends in both modes
    ),
    suite("launcher", "tests/launcher", needs=(Postgres, RabbitMQ, Redis)),
    suite("auth", "services/auth"),
    suite(
        "auth on PostgreSQL",
        "services/auth",
        "--ignore=services/auth/tests/test_processes.py",  # their databases are their own
        "--database=postgresql",
        needs=(Postgres,),
    ),
    suite("blog", "services/blog"),
    suite("blog on PostgreSQL", "services/blog", "--database=postgresql", needs=(Postgres,)),
    suite("media", "services/media"),
    suite(
        "media on PostgreSQL",
        "services/media",
        "--ignore=services/media/tests/pictures",  # they know of no database
        "--database=postgresql",
        needs=(Postgres,),
    ),
    suite("gateway", "services/gateway"),
    suite("cli", "cli"),
    suite("generated clients", "tests/clients"),
    suite("attacks on the gateway", "tests/gateway_attacks"),
    suite("schema", "tests/schema", needs=(Postgres,)),
    suite("chart", "tests/chart"),
    suite("documents", "tests/documents"),
    suite("ops", "tests/ops"),
)


def main(arguments: list[str]) -> int:
    """Run everything, or with the word `checks` what needs no server; 0 only when all of it is well."""
    interrupt_when_asked_to_end()
    jobs, lacking = (CHECKS, set()) if arguments == ["checks"] else (SUITES + CHECKS, _lacking())
    results = []
    wanted = {kind for job in jobs for kind in job.needs} - lacking
    with shared_servers(wanted) as environment:
        for result in run_all([job for job in jobs if not lacking & set(job.needs)], environment):
            _show(result)
            results.append(result)
    if jobs is not CHECKS:
        _show_left_out(lacking, results)
        _show_unsteady(results)
        counts = sum((result.counts for result in results), Counter[str]())
        print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if any(result.exit_code for result in results) else 0


def _lacking() -> set[type[Server]]:
    """Get the servers as servers mode does; return those that cannot be had."""
    provide_programs(PROGRAMS)
    with contextlib.suppress(LauncherError):  # what cannot be had is told at the end
        provide(KINDS)
    lacking = {kind for kind in missing(KINDS) if as_available(kind) is kind}
    if lacking and os.environ.get("REQUIRE_SERVERS"):
        sys.exit(f"REQUIRE_SERVERS is set and this machine has no {_programs(lacking)}.")
    return lacking


def _show(result: Result) -> None:
    if result.exit_code or result.unsteady:
        print(f"\n{result.output}", flush=True)
    state = "FAILED" if result.exit_code else "ok"
    print(f"{state:6} {result.job.name:22} {result.seconds:5.0f} s  {result.closing_line}", flush=True)


def _show_left_out(lacking: set[type[Server]], results: list[Result]) -> None:
    lines = [
        f"  {job.name}: this machine has no {_programs(lacking & set(job.needs))}"
        for job in SUITES
        if lacking & set(job.needs)
    ]
    for result in results:
        lines += [f"  {result.job.name}: {reason} ({count})" for reason, count in result.skipped.items()]
    print("\nLeft out:" if lines else "\nNothing was left out.", *lines, sep="\n")


def _show_unsteady(results: list[Result]) -> None:
    lines = [f"  {result.job.name}: {name}" for result in results for name in result.unsteady]
    if lines:
        print("\nPassed at the second try only, and to be mended:", *lines, sep="\n")


def _programs(kinds: set[type[Server]]) -> str:
    return ", ".join(sorted(PROGRAM[kind] for kind in kinds))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted; its servers are stopped.")
