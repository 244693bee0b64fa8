"""``make cluster-test``: install the platform on the cluster of KUBECONFIG, and prove what it promises.

LOAD_IMAGES  a command that brings images into the cluster; their names are appended (``kind load docker-image``).
CLUSTER_RUN  a command prefix that runs a program inside the cluster's network; without it a port-forward is used.
"""
# ruff: noqa: T201  what is proved is printed

import contextlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from launcher.settings import SERVICES
from tests.cluster.cluster import (
    NAMESPACE,
    PUBLIC_URL,
    RELEASE,
    ROOT,
    TRY_OUT,
    VERSION,
    apply,
    helm,
    kubectl,
    run,
    wait_ready,
    wait_until,
)
from tests.cluster.pods import TESTER, job

FORWARDED = "http://127.0.0.1:18000"


def load_images(version: str = VERSION) -> None:
    """Bring the images of a version into the cluster, where a command for it is given."""
    if command := os.environ.get("LOAD_IMAGES"):
        run(*shlex.split(command), *(f"broadsheet/{service}:{version}" for service in SERVICES))


def namespace() -> None:
    """The namespace, enforcing the restricted standard."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}})


def backups_claim() -> None:
    """The claim that the backups go to."""
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    apply({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "backups"}, "spec": spec})


def install(public_url: str, version: str = VERSION, *settings: str, within: str = "8m") -> float:
    """Install or upgrade; the seconds until everything was ready."""
    began = time.monotonic()
    given = (f"publicUrl={public_url}", f"image.tag={version}", *settings)
    changes = [word for setting in given for word in ("--set", setting)]
    chart = str(ROOT / "charts/broadsheet")
    helm("upgrade", "--install", RELEASE, chart, "--values", TRY_OUT, *changes, "--wait", "--timeout", within)
    wait_ready()
    return time.monotonic() - began


@contextlib.contextmanager
def reachable() -> Iterator[str]:
    """The address at which this machine reaches the gateway's Service."""
    if os.environ.get("CLUSTER_RUN"):
        yield PUBLIC_URL
        return
    command = ["kubectl", "--namespace", NAMESPACE, "port-forward", f"service/{RELEASE}-gateway", "18000:80"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as forward:
        try:
            yield FORWARDED
        finally:
            forward.terminate()


def connects(name: str, labels: dict[str, str], host: str, port: int) -> bool:
    """Whether a pod with those labels reaches a port."""
    script = Path(__file__).with_name("connect.py")
    kubectl("delete", "job", name, "--ignore-not-found", "--wait")
    apply(job(name, labels, {"TARGET_HOST": host, "TARGET_PORT": str(port)}, script))
    wait_until(lambda: "connect:" in kubectl("logs", f"job/{name}", "--ignore-errors"), 90, f"{name} tells")
    return "connect: yes" in kubectl("logs", f"job/{name}")


def prove_network() -> None:
    """Only who is named gets through."""
    stranger = {"who": "stranger"}
    expected = [
        (connects("tester-to-gateway", TESTER, f"{RELEASE}-gateway", 80), True, "a test pod reaches the gateway"),
        (connects("tester-to-blog", TESTER, f"{RELEASE}-blog-web", 8020), False, "a test pod is kept from blog"),
        (connects("stranger-to-auth", stranger, f"{RELEASE}-auth-web", 8010), False, "a stranger is kept from auth"),
        (
            connects("stranger-to-db", stranger, "devinfra-postgresql", 5432),
            False,
            "a stranger is kept from a database",
        ),
    ]
    for found, wanted, what in expected:
        if found != wanted:
            sys.exit(f"NOT so: {what}")
        print(f"ok: {what}")


def prove_story(base_url: str) -> None:
    """The e2e stories through the gateway's Service."""
    prefix = shlex.split(os.environ.get("CLUSTER_RUN", ""))
    command = [*prefix, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/e2e"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"BASE_URL": base_url}, check=True)


def main() -> None:
    namespace()
    load_images()
    backups_claim()
    helm("upgrade", "--install", "devinfra", ROOT / "charts/devinfra", "--wait", "--timeout", "5m")
    with contextlib.ExitStack() as stack:
        public_url = PUBLIC_URL if os.environ.get("CLUSTER_RUN") else FORWARDED
        print(f"ok: installed, everything ready after {install(public_url):.0f} s")
        helm("test", RELEASE, "--timeout", "5m")
        print("ok: helm test")
        prove_network()
        prove_story(stack.enter_context(reachable()))


if __name__ == "__main__":
    main()
