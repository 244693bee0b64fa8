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


def render(given: dict[str, Any], name: str = "broadsheet", release: str = "") -> list[Object]:
    """All objects of a release of that name, the chart's where none is given, in the namespace `production`."""
    files = chart(name).render(given, name=release or name, namespace="production")
    texts = (text for path, text in sorted(files.items()) if path.endswith(".yaml"))
    return [item for text in texts for item in yaml.load_all(text, StrictLoader) if item]


def notes(given: dict[str, Any]) -> str:
    """What Helm says after an installation."""
    return chart().render(given, name="broadsheet", namespace="production")["broadsheet/templates/NOTES.txt"]


class StrictLoader(yaml.CSafeLoader):
    """Refuses a map that has a key twice, as Kubernetes does."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key twice{node.start_mark}"
        return super().construct_mapping(node, deep)


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


def pod_templates(objects: list[Object]) -> dict[str, Object]:
    """Metadata and specification of the pods that each object makes, or is, by `Kind/name`."""
    found = {}
    for item in of_kind(objects, "Pod", "Job", "CronJob", "Deployment", "StatefulSet"):
        spec = item["spec"]["jobTemplate"]["spec"] if item["kind"] == "CronJob" else item["spec"]
        found[f"{item['kind']}/{item['metadata']['name']}"] = item if item["kind"] == "Pod" else spec["template"]
    return found


def pod_specs(objects: list[Object]) -> dict[str, Object]:
    """The pod specification of every object that makes pods, by `Kind/name`."""
    return {owner: template["spec"] for owner, template in pod_templates(objects).items()}


def containers(pod: Object) -> list[Object]:
    """All containers of a pod, init containers first."""
    return [*pod.get("initContainers", []), *pod["containers"]]
