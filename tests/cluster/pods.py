"""Pods that the proofs run inside the cluster, under the restricted standard like all others."""

import json
from pathlib import Path
from typing import Any

from tests.cluster.cluster import PUBLIC_URL, RELEASE, VERSION, ClusterError, apply, get, kubectl, wait_until

TESTER = {
    "app.kubernetes.io/name": "broadsheet",
    "app.kubernetes.io/instance": RELEASE,
    "app.kubernetes.io/component": "test",
}
"""Labels that the NetworkPolicies let through to the gateway."""


LOAD_SECONDS = 900
"""The load ends by itself after that, should nobody end it."""


def job(
    name: str, labels: dict[str, str], environment: dict[str, str], script: Path, *, cpu: str = "10m"
) -> dict[str, Any]:
    """A Job that runs a Python script with one of the images; it is tried once. Its ConfigMap is applied here."""
    apply(script_map(name, script))
    container = {
        "name": "main",
        "image": f"broadsheet/gateway:{VERSION}",
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", f"/scripts/{script.name}"],
        "env": [{"name": key, "value": value} for key, value in environment.items()],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {"requests": {"cpu": cpu, "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}},
        "volumeMounts": [{"name": "scripts", "mountPath": "/scripts"}],
    }
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "scripts", "configMap": {"name": name}}],
    }
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"backoffLimit": 0, "template": template}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec}


def script_map(name: str, script: Path) -> dict[str, Any]:
    """A ConfigMap that holds a script."""
    data = {script.name: script.read_text()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


class LoadJob:
    """The load of ``load.py``, running in a pod."""

    def __init__(self, rate: float) -> None:
        environment = {
            "GATEWAY": f"http://{RELEASE}-gateway",
            "PUBLIC_URL": PUBLIC_URL,
            "RATE": str(rate),
            "SECONDS": str(LOAD_SECONDS),
        }
        kubectl("delete", "job", "load", "--ignore-not-found", "--wait")
        script = Path(__file__).with_name("load.py")
        # with a small share it would wait for the CPU itself, and count that as the platform's latency
        apply(job("load", TESTER, environment, script, cpu="150m"))
        wait_until(lambda: get("job", "load")["status"].get("ready"), 60, "the load's pod runs")

    def begin_span(self) -> None:
        """From now on latencies belong to another span of the report."""
        self._signal("SIGUSR2")

    def report(self) -> dict[str, Any]:
        """Send no more, and wait for the end: what was sent, failed and lost, and how long it took in each span."""
        self._signal("SIGUSR1")
        wait_until(self._ended, 180, "the load ends")
        lines = kubectl("logs", "job/load").strip().splitlines()
        if not lines or not lines[-1].startswith("{"):
            raise ClusterError(f"the load did not report: {lines[-5:]}")
        report: dict[str, Any] = json.loads(lines[-1])
        return report

    @staticmethod
    def _signal(name: str) -> None:
        kubectl("exec", "job/load", "--", "python", "-c", f"import os, signal; os.kill(1, signal.{name})")

    @staticmethod
    def _ended() -> bool:
        status = get("job", "load")["status"]
        return bool(status.get("succeeded") or status.get("failed"))
