"""What is done to the platform under load; each returns when the platform stands again, some with a note."""

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from launcher.settings import SERVICES
from tests.cluster.cluster import (
    NAMESPACE,
    PUBLIC_URL,
    RELEASE,
    ROOT,
    VERSION,
    ClusterError,
    apply,
    get,
    helm,
    kubectl,
    pods,
    psql,
    run,
    sql,
    wait_ready,
    wait_until,
)
from tests.cluster.install import install, load_images
from tests.cluster.pods import script_map

MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("posts", "{latest}")]
    operations = [migrations.RunSQL("{statement}")]
"""
STATEMENTS = {
    "migrated": "ALTER TABLE posts_post ADD COLUMN rollout_proof text NULL",  # the first step of a two-step change
    "broken": "ALTER TABLE posts_post ADD COLUMN slug text",  # there is one
}
BLOG, CONSUMER = "blog", "blog-consumer"
SPOILED = "broadsheet-spoiled"
LOCKED_SECONDS = 45  # outlasts the grace of a pod, however the kubelet takes a forced deletion
IN_HAND = 5
OTHER_NAME = """FROM broadsheet/{service}:{version}
ENV RELEASE={name}
"""
ADD_MIGRATION = (
    "COPY migration.py /opt/broadsheet/lib/python3.13/site-packages/blog_service/posts/migrations/9999_{name}.py\n"
)


def make_images() -> None:
    """The images upgraded to: ``next``, the same code; ``migrated`` and ``broken``, with one migration more."""
    migrations = ROOT / "services/blog/blog_service/posts/migrations"
    latest = max(path.stem for path in migrations.glob("0*.py"))
    for name in ("next", *STATEMENTS):
        for service in SERVICES:
            recipe, statement = OTHER_NAME.format(service=service, version=VERSION, name=name), STATEMENTS.get(name, "")
            if service == "blog" and statement:
                recipe += ADD_MIGRATION.format(name=name)
            migration = MIGRATION.format(latest=latest, statement=statement)
            _build(f"broadsheet/{service}:{name}", recipe, migration)
        load_images(name)


def _build(tag: str, recipe: str, migration: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Dockerfile").write_text(recipe)
        (Path(folder) / "migration.py").write_text(migration)
        run("docker", "build", "--quiet", "--tag", tag, folder)


def other_version() -> str:
    """An image with the same code that is not the one that runs."""
    return "next" if _running_version() == VERSION else VERSION


def upgrade(version: str) -> None:
    """Roll out another image."""
    install(PUBLIC_URL, version)


def upgrade_in_turn(version: str) -> str:
    """Roll out another image, one service after the other: only that service's pods change at a time."""
    before = _running_version()
    for count in range(1, len(SERVICES) + 1):
        install(PUBLIC_URL, before, *(f"image.tags.{service}={version}" for service in SERVICES[:count]))
    install(PUBLIC_URL, version)  # forgets the tags of the services; no pod changes
    return f"{len(SERVICES)} services"


def rollback() -> None:
    """Roll back to the release before."""
    helm("rollback", RELEASE, "--wait", "--timeout", "8m")
    wait_ready()


def upgrade_that_fails() -> str:
    """Upgrade to an image whose migration fails, see that the old pods serve on, and take it back."""
    before = set(_web_pods())
    with suppress(ClusterError):
        install(PUBLIC_URL, "broken", within="90s")
        return ""
    kept = before & set(_web_pods())
    migrations = ("--container=migrations", "--tail=-1", "--ignore-errors")
    said = kubectl("logs", f"--selector=app.kubernetes.io/component in ({BLOG}-web,{CONSUMER})", *migrations)
    if kept < before or "DuplicateColumn" not in said:
        raise ClusterError(f"kept {len(kept)} of {len(before)} pods; the migration said: {said[-500:]}")
    rollback()
    return f"refused, {len(kept)} old pods of blog served on"


def each_pod(disturb: Callable[[str], None]) -> str:
    """Disturb every pod of the release, one after the other, waiting until its owner is complete again."""
    names = pods()
    for name in names:
        disturb(name)
        wait_ready()
    return f"{len(names)} pods"


def evict(pod: str) -> None:
    """Ask for an eviction as a drain does, again while the budget refuses it."""
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": NAMESPACE}}
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/eviction"
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
    _set(*out, f"{autoscaling}.scaleDownSeconds=0")
    wait_until(lambda: _replicas("blog-web") > 2, 120, "the autoscaler adds pods")
    most = _replicas("blog-web")
    _set(*out[:2], f"{autoscaling}.maxReplicas=2", f"{autoscaling}.scaleDownSeconds=0")
    wait_until(lambda: _replicas("blog-web") == 2, 120, "the autoscaler takes pods away")
    return f"2 → {most} → 2"


def kill_consumer() -> str:
    """Kill blog's consumer while it has taken events and could not handle them yet."""
    label = f"app.kubernetes.io/component={CONSUMER}"
    wait_until(lambda: len(get("pods", "--selector", label)["items"]) == 1, 60, "the one before has left the queue")
    name = pods(label)[0]
    with _inbox_locked():
        before = _published()
        wait_until(lambda: _published() >= before + IN_HAND, LOCKED_SECONDS / 4, "events are in the consumer's hands")
        kubectl("delete", "pod", name, "--force", "--grace-period=0")
    wait_ready()
    return f"at least {IN_HAND} events in its hands"


def without_pre_stop() -> None:
    """Stop the gateway's pods at once, while they are still in everybody's list."""
    no_drain = [f"components.gateway.{setting}" for setting in ("preStopSeconds=0", "drainSeconds=1")]
    _set(*no_drain)
    _delete_gateways()


def without_grace() -> None:
    """Kill the gateway's pods before they have drained."""
    hook = {"name": "gateway", "lifecycle": {"preStop": {"sleep": {"seconds": 1}}}}
    _spoil("gateway", {"terminationGracePeriodSeconds": 1, "containers": [hook]})
    _delete_gateways()


def liveness_asks_database() -> str:
    """Restart PostgreSQL under a liveness check that asks it: blog is restarted for what no restart mends."""
    probe: dict[str, Any] = {"httpGet": {"path": "/readyz", "port": 8020}, "periodSeconds": 1, "failureThreshold": 1}
    probe["timeoutSeconds"] = 1  # what Kubernetes takes by itself; the chart's 5 outlast the restart
    _spoil("blog-web", {"containers": [{"name": "blog-web", "livenessProbe": probe}]})
    restart_server("postgresql")
    with suppress(ClusterError):  # a container that was found dead still drains
        wait_until(lambda: _restarts("blog-web"), 60, "blog is restarted")
    restarts = _restarts("blog-web")
    return f"{restarts} needless restarts" if restarts else ""


def kill_consumer_that_acks_early() -> str:
    """The same death of a consumer that acknowledges what arrives before it is handled."""
    script = Path(__file__).with_name("acks_early.py")
    apply(script_map("acks-early", script))
    mount = [{"name": "scripts", "mountPath": "/scripts"}]
    container = {"name": CONSUMER, "command": ["python", f"/scripts/{script.name}"], "args": [], "volumeMounts": mount}
    _spoil(CONSUMER, {"containers": [container], "volumes": [{"name": "scripts", "configMap": {"name": "acks-early"}}]})
    return kill_consumer()


def mend() -> None:
    """Undo what a control spoiled. Deployments that were patched are made anew: helm keeps foreign changes."""
    kubectl("delete", "deployment", "--selector", f"{SPOILED}=yes", "--wait")
    _set()


def _spoil(component: str, pod: dict[str, Any]) -> None:
    name = f"{RELEASE}-{component}"
    kubectl("patch", "deployment", name, "--patch", json.dumps({"spec": {"template": {"spec": pod}}}))
    kubectl("label", "deployment", name, f"{SPOILED}=yes", "--overwrite")
    wait_ready()


def _delete_gateways() -> None:
    """Many times: that a request is under way or on its way just then is a matter of chance."""
    for _ in range(8):
        for name in pods(f"app.kubernetes.io/component=gateway,app.kubernetes.io/instance={RELEASE}"):
            delete(name)
            wait_ready()


@contextmanager
def _inbox_locked() -> Iterator[None]:
    """Let nobody into blog's inbox; returns when it is free again."""
    hold = f"BEGIN; LOCK TABLE inbox_event IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({LOCKED_SECONDS}); COMMIT"
    words = ["kubectl", "--namespace", NAMESPACE, "exec", "devinfra-postgresql-0", "--", *psql("blog", hold)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL):
        locked = "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock'"
        wait_until(lambda: int(sql("blog", locked)), 10, "the inbox is locked")
        yield


def _set(*settings: str) -> None:
    """Upgrade to these settings and the images that run; what was set before is forgotten."""
    install(PUBLIC_URL, _running_version(), *settings)


def _running_version() -> str:
    tag: str = json.loads(helm("get", "values", RELEASE, "--output", "json"))["image"]["tag"]
    return tag


def _published() -> int:
    return int(sql("auth", "SELECT count(*) FROM outbox_event WHERE published_at IS NOT NULL"))


def _web_pods() -> list[str]:
    return pods(f"app.kubernetes.io/component={BLOG}-web")


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
