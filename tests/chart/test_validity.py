"""What is rendered is what Kubernetes, Helm and the checkers accept."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import helm_python
import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from tests.chart.rendering import CHARTS, SCENARIOS, Object, of_kind, render, scenario, values

ROOT = Path(__file__).parents[2]
CUSTOM = {"ExternalSecret", "HTTPRoute", "PrometheusRule", "ScaledObject", "ServiceMonitor", "TriggerAuthentication"}
SKIPPED = {
    "CKV_K8S_15": "a tag is never republished: IfNotPresent fetches nothing stale and starts without the registry",
    "CKV_K8S_43": "digests are given in production by image.digests; the other scenarios show that tags work too",
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_chart_lints_strictly(name: str) -> None:
    report = helm_python.lint(CHARTS / "broadsheet", values(name), strict=True, namespace="production")
    assert [message for message in report["messages"] if message["severity"] > 1] == []
    assert report["errors"] == []


def test_devinfra_lints_strictly() -> None:
    assert helm_python.lint(CHARTS / "devinfra", {}, strict=True)["errors"] == []


@cache
def distinct_objects() -> list[Object]:
    """Every object of every scenario and of devinfra once, but for those of custom resources."""
    objects = [*(item for name in SCENARIOS for item in scenario(name)), *render({}, "devinfra")]
    texts = {json.dumps(item, sort_keys=True): item for item in objects if item["kind"] not in CUSTOM}
    return list(texts.values())


@pytest.mark.parametrize("minor", range(30, 38))
def test_objects_are_valid_in_kubernetes(minor: int) -> None:
    for item in distinct_objects():
        kubernetes_validate.validate(item, f"1.{minor}", strict=True)


@pytest.mark.parametrize("name", SCENARIOS)
def test_names_are_unique_and_in_the_release_namespace(name: str) -> None:
    objects = scenario(name)
    identities = [(item["apiVersion"], item["kind"], item["metadata"]["name"]) for item in objects]
    assert len(identities) == len(set(identities))
    assert {item["metadata"]["namespace"] for item in objects} == {"production"}


@pytest.mark.parametrize("name", SCENARIOS)
def test_checkov_finds_nothing(name: str, checkov: Path, tmp_path: Path) -> None:
    assert len(SKIPPED) <= 3
    checked = [as_job(item) for item in scenario(name) if item["kind"] not in CUSTOM]
    (tmp_path / "rendered.yaml").write_text(yaml.safe_dump_all(checked))
    command = [str(checkov), "--file", str(tmp_path / "rendered.yaml"), "--framework", "kubernetes", "--quiet"]
    command += ["--output", "json", "--skip-check", ",".join(SKIPPED)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(answer.stdout)
    failed = {(item["check_id"], item["check_name"], item["resource"]) for item in report["results"]["failed_checks"]}
    assert failed == set()
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["resource_count"] >= len(of_kind(checked, "Deployment"))


def as_job(item: Object) -> Object:
    """A pod that ends by itself, as the Job it could be: checkov asks every bare Pod for the probes of a server."""
    if item["kind"] != "Pod" or item["spec"]["restartPolicy"] != "Never":
        return item
    template = {"metadata": {"labels": item["metadata"]["labels"]}, "spec": item["spec"]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": item["metadata"], "spec": {"template": template}}


def test_dockerfiles_are_clean() -> None:
    dockerfiles = sorted(str(path) for path in (ROOT / "docker").rglob("*Dockerfile"))
    hadolint = str(Path(sys.executable).with_name("hadolint"))
    answer = subprocess.run([hadolint, *dockerfiles], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (0, "")
