"""P7: what the whole embedded platform weighs, and how long it takes to be ready, first and later."""

import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.results import Figure
from launcher import ROOT
from launcher.memory import pss_megabytes
from tests.support.api import Visitor
from tests.support.photographs import photograph
from tests.support.platform import Platform

READS = 200


def measure(*, quick: bool) -> list[Figure]:
    """Start it in a new clone with nothing installed (quick: here), once more, give it work, and weigh it."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        platform = Platform(Path(folder) / "var", root=ROOT if quick else _clone(Path(folder) / "clone"))
        try:
            first = _seconds_to_ready(platform)
            platform.make("down")
            warm = _seconds_to_ready(platform)
            _work(platform)
            memory = _memory(platform)
        finally:
            platform.make("down")
            platform.make("reset")
    total = round(sum(memory.values()), 1)
    figures = [
        Figure(
            id="P7-memory",
            what="embedded platform after work, PSS",
            value=total,
            unit="MB",
            beside=memory,
        ).at_most(900),
        Figure(id="P7-warm", what="make up to ready", value=warm, unit="s").at_most(10),
        Figure(
            id="P7-first",
            what="first make up, packages cached",
            value=first,
            unit="s",
        ).at_most(90),
    ]
    return figures[:2] if quick else figures


def _clone(folder: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, folder], check=True)
    return folder


def _seconds_to_ready(platform: Platform) -> float:
    began = time.monotonic()
    made = platform.make("up")
    if made.returncode:
        raise RuntimeError(made.stdout + made.stderr)
    return round(time.monotonic() - began, 1)


def _work(platform: Platform) -> None:
    """Something of everything: accounts, pictures, posts, and reading."""
    with Visitor(platform.base_url) as alice:
        alice.register("alice")
        for number in range(3):
            picture = alice.upload(photograph(4000, 3000, seed=f"{alice.username} {number}")).json()
            alice.publish(alice.create_post(images=[{"media": picture["id"]}])["slug"])
        for _ in range(READS):
            alice.http.get("/api/v1/posts")


def _memory(platform: Platform) -> dict[str, float]:
    """Megabytes of each process and of the supervisor."""
    lines = platform.make("status").stdout.splitlines()[1:-1]
    pids = {line.split()[0]: int(line.split()[2]) for line in lines}
    weights = {name: pss_megabytes(pid) for name, pid in pids.items()}
    supervisor = int((platform.folder / "run" / "supervisord.pid").read_text())
    weights["supervisord"] = pss_megabytes(supervisor) - sum(weights.values())
    return {name: round(weight, 1) for name, weight in weights.items()}
