"""What is done to the platform under load; each returns when the platform stands again, some with a note."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.cluster.cluster import (
    PUBLIC_URL,
    RELEASE,
    ROOT,
    SERVICES,
    VERSION,
    ClusterError,
    get,
    helm,
    kubectl,
    pods,
    run,
    wait_ready,
    wait_until,
)
from tests.cluster.install import install, load_images

MIGRATION = '''from django.db import migrations


class Migration(migrations.Migration):
    """Expands the table as the first step of a two-step change does."""

    dependencies = [("posts", "{latest}")]
    operations = [migrations.RunSQL("ALTER TABLE posts_post ADD COLUMN rollout_proof text NULL")]
'''
WEB = ("gateway", "auth-web", "blog-web", "media-web")
OTHER_NAME = """FROM broadsheet/{service}:{version}
ENV RELEASE={name}
"""
ADD_MIGRATION = (
    "COPY 9999_rollout_proof.py /opt/broadsheet/lib/python3.13/site-packages/blog_service/posts/migrations/\n"
)


def make_images() -> None:
    """The images that are upgraded to: ``next``, the same code, and ``migrated``, with one migration more."""
    migrations = ROOT / "services/blog/blog_service/posts/migrations"
    latest = max(path.stem for path in migrations.glob("0*.py"))
    for name in ("next", "migrated"):
        for service in SERVICES:
            recipe = OTHER_NAME.format(service=service, version=VERSION, name=name)
            if (service, name) == ("blog", "migrated"):
                recipe += ADD_MIGRATION
            _build(f"broadsheet/{service}:{name}", recipe, MIGRATION.format(latest=latest))
        load_images(name)


def _build(tag: str, recipe: str, migration: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Dockerfile").write_text(recipe)
        (Path(folder) / "9999_rollout_proof.py").write_text(migration)
        run("docker", "build", "--quiet", "--tag", tag, folder)


def upgrade(version: str) -> None:
    """Roll out another image."""
    install(PUBLIC_URL, version)


def rollback() -> None:
    """Roll back to the release before."""
    helm("rollback", RELEASE, "--wait", "--timeout", "8m")
    wait_ready()


def each_pod(disturb: Callable[[str], None]) -> str:
    """Disturb every pod of the release, one after the other, waiting until its owner is complete again."""
    names = pods()
    for name in names:
        disturb(name)
        wait_ready()
    return f"{len(names)} pods"


def evict(pod: str) -> None:
    """Ask for an eviction as a drain does, again while the budget refuses it."""
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": namespace()}}
    path = f"/api/v1/namespaces/{namespace()}/pods/{pod}/eviction"
    wait_until(lambda: _granted(path, json.dumps(body)), 120, f"{pod} may be evicted")
    kubectl("wait", "--for=delete", f"pod/{pod}", "--timeout=90s")


def delete(pod: str) -> None:
    kubectl("delete", "pod", pod, "--wait")


def restart_server(name: str) -> None:
    """Delete the one pod of a server, as a node that goes away does."""
    kubectl("delete", "pod", f"devinfra-{name}-0", "--wait")
    wait_ready()


def scale_out_and_in() -> str:
    """Let the autoscaler have its way with blog, then take its room away again."""
    autoscaling = "components.blog-web.autoscaling"
    out = [f"{autoscaling}.{setting}" for setting in ("enabled=true", "cpuPercent=20", "maxReplicas=4")]
    install(PUBLIC_URL, VERSION, *out, f"{autoscaling}.scaleDownSeconds=0")
    wait_until(lambda: _replicas("blog-web") > 2, 120, "the autoscaler adds pods")
    most = _replicas("blog-web")
    install(PUBLIC_URL, VERSION, *out[:2], f"{autoscaling}.maxReplicas=2", f"{autoscaling}.scaleDownSeconds=0")
    wait_until(lambda: _replicas("blog-web") == 2, 120, "the autoscaler takes pods away")
    return f"2 → {most} → 2"


def without_pre_stop() -> None:
    """Stop pods at once, while they are still in everybody's list."""
    install(PUBLIC_URL, VERSION, "defaults.preStopSeconds=0", "defaults.drainSeconds=1")
    kubectl("rollout", "restart", *(f"deployment/{RELEASE}-{name}" for name in WEB))
    wait_ready()


def without_grace() -> None:
    """Kill the gateway's pods before they have drained."""
    patch = {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 1}}}}
    kubectl("patch", "deployment", f"{RELEASE}-gateway", "--patch", json.dumps(patch))
    wait_ready()
    each_gateway = pods(f"app.kubernetes.io/component=gateway,app.kubernetes.io/instance={RELEASE}")
    for name in each_gateway:
        delete(name)
    wait_ready()


def liveness_asks_database() -> str:
    """Restart PostgreSQL under a liveness check that asks it: blog is restarted for what no restart mends."""
    probe = {"httpGet": {"path": "/readyz", "port": 8020}, "periodSeconds": 2, "failureThreshold": 1}
    container = {"name": "blog-web", "livenessProbe": probe}
    patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
    kubectl("patch", "deployment", f"{RELEASE}-blog-web", "--patch", json.dumps(patch))
    wait_ready()
    restart_server("postgresql")
    restarts = _restarts("blog-web")
    return f"{restarts} needless restarts" if restarts else ""


def namespace() -> str:
    return os.environ.get("NAMESPACE", "broadsheet")


def _granted(path: str, body: str) -> bool:
    answer = subprocess.run(
        ["kubectl", "create", "--raw", path, "--filename", "-"], input=body, capture_output=True, text=True, check=False
    )
    if answer.returncode and "disruption budget" not in answer.stderr:
        raise ClusterError(answer.stderr)
    return answer.returncode == 0


def _replicas(component: str) -> int:
    count: int = get("deployment", f"{RELEASE}-{component}")["status"].get("readyReplicas", 0)
    return count


def _restarts(component: str) -> int:
    items = get("pods", "--selector", f"app.kubernetes.io/component={component}")["items"]
    return sum(status["restartCount"] for item in items for status in item["status"].get("containerStatuses", []))
