"""The cluster that KUBECONFIG points at, by kubectl and helm."""

import json
import os
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NAMESPACE = os.environ.get("NAMESPACE", "broadsheet")
RELEASE = "broadsheet"
VERSION = os.environ.get("VERSION", "dev")
TRY_OUT = ROOT / "charts/broadsheet/ci/try-out-values.yaml"
PUBLIC_URL = f"http://{RELEASE}-gateway.{NAMESPACE}.svc.cluster.local"


class ClusterError(Exception):
    """The cluster did not do what was asked; the message is the program's own."""


def run(*command: str | Path, text: str | None = None, seconds: float = 600) -> str:
    """Run a program; answers its output, raises ClusterError with what it said."""
    words = [str(word) for word in command]
    answer = subprocess.run(words, input=text, capture_output=True, text=True, timeout=seconds, check=False)
    if answer.returncode:
        raise ClusterError(f"{shlex.join(words)}: {answer.stderr.strip()[-2000:] or answer.stdout.strip()[-2000:]}")
    return answer.stdout


def kubectl(*words: str, text: str | None = None, seconds: float = 600) -> str:
    return run("kubectl", "--namespace", NAMESPACE, *words, text=text, seconds=seconds)


def helm(*words: str | Path, seconds: float = 900) -> str:
    return run("helm", "--namespace", NAMESPACE, *words, seconds=seconds)


def get(*words: str) -> Any:
    """What the API server knows, as data."""
    return json.loads(kubectl("get", *words, "--output", "json"))


def apply(*objects: dict[str, Any]) -> None:
    kubectl("apply", "--filename", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))


def pods(*selector: str) -> list[str]:
    """Names of the running pods of the release, or of what the label selector says."""
    chosen = selector[0] if selector else f"app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component!=test"
    items = get("pods", "--selector", chosen, "--field-selector", "status.phase=Running")["items"]
    return [item["metadata"]["name"] for item in items if "deletionTimestamp" not in item["metadata"]]


def wait_ready(seconds: float = 300) -> None:
    """Return when every Deployment and StatefulSet has all its pods, of its newest generation."""
    wait_until(lambda: not _unready(), seconds, "everything ready")


def _unready() -> list[str]:
    owners = get("deployments,statefulsets")["items"]
    return [item["metadata"]["name"] for item in owners if not _settled(item)]


def _settled(item: dict[str, Any]) -> bool:
    status, wanted = item["status"], item["spec"].get("replicas", 1)
    counts = [status.get(name, 0) for name in ("replicas", "readyReplicas", "updatedReplicas")]
    return status.get("observedGeneration") == item["metadata"]["generation"] and counts == [wanted] * 3


def wait_until(true: Callable[[], object], seconds: float, what: str, *, every: float = 0.5) -> None:
    """Poll until it is so, ``every`` so many seconds; raises ClusterError when the time is over."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise ClusterError(f"not within {seconds:.0f} s: {what}")
        time.sleep(every)


def sql(database: str, statement: str) -> str:
    """One value from devinfra's PostgreSQL."""
    return kubectl("exec", "devinfra-postgresql-0", "--", *psql(database, statement)).strip()


def psql(database: str, statement: str) -> list[str]:
    """The command that runs a statement in that pod."""
    return ["psql", "-h", "/var/run/postgresql", "-U", "postgres", "-d", database, "-tAc", statement]
