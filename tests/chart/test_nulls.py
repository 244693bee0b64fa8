"""Helm's null takes a default away: every value then renders without it or is refused by its name."""

from typing import Any

import helm_python
import pytest
import yaml

from charts import generate
from tests.chart.rendering import CHARTS, LEAST, Object, containers, merged, pod_specs, render, values

EVERYTHING = merged(
    values("production"),
    {"keda": {"secret": "management"}, "components": {"media-worker": {"keda": {"enabled": True}}}},
)


def nothing_at(path: str) -> dict[str, Any]:
    """Values that are null at a path, whose keys are separated by dots."""
    given: Any = None
    for key in reversed(path.split(".")):
        given = {key: given}
    return dict(given)


def paths(tree: dict[str, Any], above: str = "") -> list[str]:
    """Every section and value of a tree."""
    found = []
    for key, child in tree.items():
        found.append(f"{above}{key}")
        found += paths(child, f"{above}{key}.") if isinstance(child, dict) else []
    return found


def rendered_or_refused(given: dict[str, Any], path: str, name: str = "broadsheet") -> list[Object]:
    """What is rendered with a null at a path; nothing where it is refused by its name: there is no third answer."""
    try:
        return render(merged(given, nothing_at(path)), name)
    except (helm_python.HelmValuesError, helm_python.HelmRenderError) as refused:
        said = str(refused)
        names = (f"'/{path.replace('.', '/')}'", f"missing property '{path.rsplit('.', maxsplit=1)[-1]}'", path)
        assert any(name in said for name in names), said
        assert "nil pointer" not in said
        return []


DEFAULTS = generate.default_values()
OF_A_COMPONENT = paths(DEFAULTS["defaults"], "components.media-web.")


@pytest.mark.parametrize("path", [*paths(DEFAULTS), *OF_A_COMPONENT])
def test_a_null_takes_the_default_away_or_is_refused(path: str) -> None:
    objects = rendered_or_refused(EVERYTHING, path)
    assert not [where for item in objects for where in _nulls(item, item["kind"])]


@pytest.mark.parametrize("path", paths(yaml.safe_load((CHARTS / "devinfra/values.yaml").read_text())))
def test_a_null_of_devinfra_takes_the_default_away_or_is_refused(path: str) -> None:
    objects = rendered_or_refused({}, path, "devinfra")
    assert not [where for item in objects for where in _nulls(item, item["kind"])]


@pytest.mark.parametrize("name", ["gateway", "auth-worker"])
def test_a_limit_that_is_null_is_lifted_whether_or_not_the_component_has_one_of_its_own(name: str) -> None:
    objects = render(merged(LEAST, nothing_at(f"components.{name}.resources.limits.cpu")))
    for container in containers(pod_specs(objects)[f"Deployment/broadsheet-{name}"]):
        assert container["resources"]["limits"].keys() == {"memory"}


def test_a_default_limit_that_is_null_is_lifted_where_no_component_sets_another() -> None:
    pods = pod_specs(render(merged(LEAST, nothing_at("defaults.resources.limits.cpu"))))
    assert "cpu" not in containers(pods["Deployment/broadsheet-auth-worker"])[0]["resources"]["limits"]
    assert containers(pods["Deployment/broadsheet-gateway"])[0]["resources"]["limits"]["cpu"] == "2"


def test_an_entry_of_a_map_that_is_null_is_not_inherited() -> None:
    given = {
        "defaults": {"nodeSelector": {"pool": "news", "zone": "a"}},
        "components": {"gateway": {"nodeSelector": {"zone": None}}},
    }
    pods = pod_specs(render(merged(LEAST, given)))
    assert pods["Deployment/broadsheet-gateway"]["nodeSelector"] == {"pool": "news"}
    assert pods["Deployment/broadsheet-auth-web"]["nodeSelector"] == {"pool": "news", "zone": "a"}


def test_an_empty_list_of_a_component_replaces_the_defaults() -> None:
    given = {"defaults": {"tolerations": [{"operator": "Exists"}]}, "components": {"gateway": {"tolerations": []}}}
    tolerations = pod_specs(render(merged(LEAST, given)))["Deployment/broadsheet-gateway"]["tolerations"]
    assert {"operator": "Exists"} not in tolerations


def test_a_temporary_folder_without_a_size_has_no_limit() -> None:
    pod = pod_specs(render(merged(LEAST, nothing_at("components.media-web.temporarySize"))))[
        "Deployment/broadsheet-media-web"
    ]
    assert {"name": "temporary", "emptyDir": {}} in pod["volumes"]


def _nulls(node: Any, path: str) -> list[str]:
    if isinstance(node, dict):
        return [found for key, child in node.items() for found in _nulls(child, f"{path}/{key}")]
    if isinstance(node, list):
        return [found for index, child in enumerate(node) for found in _nulls(child, f"{path}/{index}")]
    return [path] if node is None else []
