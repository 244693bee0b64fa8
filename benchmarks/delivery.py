"""What operators meet: sizes and start of the images, the time to install, memory at rest, and what roll-outs cost.

Needs Docker with the four images (``make images``) and, for all but the first two, the cluster of KUBECONFIG as
``make cluster-test`` left it; roll-outs are read from the last ``make rollout-proof``. Quick is images only.
"""

import json
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import Figure
from launcher.settings import SERVICES
from tests.cluster import install
from tests.cluster.cluster import PUBLIC_URL, RELEASE, ROOT, VERSION, helm, kubectl, pods, wait_until

PORT = 18099
STARTS = 5
REST_SECONDS = 120  # the start must have left the window that CPU is averaged over
READINESS = {"auth": 8010, "blog": 8020, "gateway": 8001, "media": 8030}
"""The port that tells readiness, by service."""


def measure(*, quick: bool) -> Sequence[Figure]:
    """The figures of issue 5."""
    return images() if quick else [*images(), *cluster(), *rollouts()]


def images() -> list[Figure]:
    """Unpacked sizes, and the time from ``docker run`` to ready with half a core, the median of some."""
    sizes = {service: _size(service) for service in SERVICES}
    starts = {service: statistics.median(_start(service) for _ in range(STARTS)) for service in SERVICES}
    size, start = max(sizes.values()), max(starts.values())
    return [
        Figure(id="image-size", what="largest image, unpacked", value=size, unit="MB", beside=sizes).at_most(230),
        Figure(id="image-start", what="slowest start at half a core", value=start, unit="s", beside=starts).at_most(3),
    ]


def cluster() -> list[Figure]:
    """A fresh installation, and what it takes when nobody asks anything of it."""
    helm("uninstall", RELEASE, "--ignore-not-found", "--wait")
    took = round(install.install(PUBLIC_URL), 1)
    time.sleep(REST_SECONDS)
    names = set(pods())
    wait_until(lambda: len(_use(names)) == len(names), 120, "metrics of the new pods")
    use = _use(names)
    memory, cpu = sum(amount for _, amount in use.values()), sum(amount for amount, _ in use.values())
    return [
        Figure(id="install-ready", what="helm install to everything ready", value=took, unit="s"),
        Figure(
            id="idle-memory", what=f"memory at rest, {len(use)} pods", value=memory, unit="MiB", beside={"CPU, m": cpu}
        ),
    ]


def rollouts() -> list[Figure]:
    """What the last proof found; the negative controls are left out."""
    rows: list[dict[str, Any]] = json.loads((ROOT / "var/rollouts.json").read_text())
    rolled = [row for row in rows if "helm" in row["row"]]
    if not rolled:
        raise SystemExit("No roll-out was measured yet: run `make rollout-proof` first.")
    counted = [row for row in rows if not row["row"].startswith("negative")]
    failed = {row["row"]: row["failed"] for row in counted}
    total = Figure(
        id="failed-requests", what="failed, all rows", value=sum(failed.values()), unit="requests", beside=failed
    )
    ratios = {row["row"]: round(row["p99_ms"] / row["p99_before_ms"], 2) for row in rolled}
    slowest = Figure(
        id="rollout-p99",
        what="p99 of a roll-out over that before",
        value=max(ratios.values()),
        unit="times",
        beside=ratios,
    )
    return [total.at_most(0), slowest.at_most(1.5)]


def _size(service: str) -> float:
    answer = subprocess.run(["docker", "image", "inspect", _image(service)], capture_output=True, check=True)
    size: int = json.loads(answer.stdout)[0]["Size"]
    return round(size / 1e6)


def _start(service: str) -> float:
    """Seconds from ``docker run`` until it says that it is ready, on an SQLite database that is migrated already.

    The gateway is asked whether it lives: it is ready only with auth's keys.
    """
    path = "livez" if service == "gateway" else "readyz"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        options = _options(service, folder)
        if service != "gateway":
            _docker("run", "--rm", *options, _image(service), "migrate")
        began = time.monotonic()
        container = _docker("run", "--rm", "--detach", *options, _image(service), "web").strip()
        try:
            wait_until(lambda: _answers(f"http://127.0.0.1:{PORT}/{path}"), 60, f"{service} is ready", every=0.05)
            return round(time.monotonic() - began, 2)
        finally:
            _docker("rm", "--force", container)


def _options(service: str, folder: str) -> list[str]:
    prefix = service.upper()
    settings = {
        "VAR_DIR": "/data",
        "EVENTS_URL": "sqlite:////data/bus.sqlite3",
        "JOBS_URL": "sqlite:////data/jobs.sqlite3",
    }
    if service == "gateway":
        settings["GATEWAY_ADMIN_HOST"] = "0.0.0.0"  # noqa: S104  inside a container
    else:
        settings |= {f"{prefix}_HOST": "0.0.0.0", f"{prefix}_DATABASE_URL": f"sqlite:////data/{service}.sqlite3"}  # noqa: S104
    given = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
    published = f"--publish=127.0.0.1:{PORT}:{READINESS[service]}"
    return ["--cpus=0.5", "--read-only", "--tmpfs=/tmp", f"--volume={folder}:/data", published, *given]


def _docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _image(service: str) -> str:
    return f"broadsheet/{service}:{VERSION}"


def _use(names: set[str]) -> dict[str, tuple[int, int]]:
    """CPU in thousandths of a core and memory in MiB, by pod."""
    lines = [line.split() for line in kubectl("top", "pods", "--no-headers").splitlines()]
    return {name: (int(cpu[:-1]), int(memory[:-2])) for name, cpu, memory in lines if name in names}
