"""The chart rendered offline by Helm's own engine, as lists of objects."""

from functools import cache
from pathlib import Path
from typing import Any

import helm_python
import yaml

CHARTS = Path(__file__).parents[2] / "charts"
CHART = CHARTS / "broadsheet"
SCENARIOS = {path.name.removesuffix("-values.yaml"): path for path in sorted((CHART / "ci").glob("*-values.yaml"))}
LEAST: dict[str, Any] = {
    "publicUrl": "https://broadsheet.example",
    "services": {"media": {"settings": {"MEDIA_STORAGE_URL": "s3://pictures"}}},
}
"""Values without which nothing is rendered."""
Object = dict[str, Any]


@cache
def chart(name: str = "broadsheet") -> helm_python.Chart:
    return helm_python.Chart.load(CHARTS / name)


def values(scenario: str) -> dict[str, Any]:
    """The values file of a scenario."""
    loaded: dict[str, Any] = yaml.safe_load(SCENARIOS[scenario].read_text())
    return loaded


def merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` laid over `under`, map by map, as Helm merges values files."""
    result = dict(under)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def render(given: dict[str, Any], name: str = "broadsheet") -> list[Object]:
    """All objects of a release of that name in the namespace `production`."""
    files = chart(name).render(given, name=name, namespace="production")
    texts = (text for path, text in sorted(files.items()) if path.endswith(".yaml"))
    return [item for text in texts for item in yaml.safe_load_all(text) if item]


@cache
def scenario(name: str) -> list[Object]:
    """All objects of one scenario of ``ci/``."""
    return render(values(name))


def of_kind(objects: list[Object], *kinds: str) -> list[Object]:
    return [item for item in objects if item["kind"] in kinds]


def named(objects: list[Object], kind: str, name: str) -> Object:
    """The one object of that kind whose name is ``broadsheet-<name>``."""
    (found,) = [item for item in of_kind(objects, kind) if item["metadata"]["name"] == f"broadsheet-{name}"]
    return found


def pod_specs(objects: list[Object]) -> dict[str, Object]:
    """The pod specification of every object that makes pods, by `Kind/name`."""
    found = {}
    for item in objects:
        spec = item.get("spec", {})
        if item["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        pod = spec if item["kind"] == "Pod" else spec.get("template", {}).get("spec")
        if pod and item["kind"] in {"Pod", "Job", "CronJob", "Deployment", "StatefulSet"}:
            found[f"{item['kind']}/{item['metadata']['name']}"] = pod
    return found


def containers(pod: Object) -> list[Object]:
    """All containers of a pod, init containers first."""
    return [*pod.get("initContainers", []), *pod["containers"]]
