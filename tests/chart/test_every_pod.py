"""What the values say of every pod reaches those of backups, tests and whatever else runs."""

from typing import Any

import helm_python
import pytest

from tests.chart.rendering import LEAST, Object, merged, named, of_kind, pod_templates, render

BACKUP = {"backup": {"enabled": True, "existingClaim": "backups"}}
TOLERATIONS = [{"key": "dedicated", "operator": "Equal", "value": "news", "effect": "NoSchedule"}]
AFFINITY: dict[str, Any] = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}
SAID = {
    "serviceAccountAnnotations": {"cloud.example/role": "news"},
    "podLabels": {"team": "publishing"},
    "podAnnotations": {"mesh.example/inject": "false"},
    "nodeSelector": {"pool": "news"},
    "tolerations": TOLERATIONS,
    "affinity": AFFINITY,
    "priorityClassName": "news",
}


def with_backup(given: dict[str, Any]) -> list[Object]:
    return render(merged(merged(LEAST, BACKUP), given))


def test_what_is_said_of_every_pod_reaches_every_pod() -> None:
    objects = with_backup({"defaults": SAID})
    for owner, template in pod_templates(objects).items():
        spec = template["spec"]
        assert template["metadata"]["labels"]["team"] == "publishing", owner
        assert template["metadata"]["annotations"]["mesh.example/inject"] == "false", owner
        assert (spec["nodeSelector"], spec["tolerations"][:1]) == ({"pool": "news"}, TOLERATIONS), owner
        assert (spec["affinity"], spec["priorityClassName"]) == (AFFINITY, "news"), owner
    for account in of_kind(objects, "ServiceAccount"):
        assert account["metadata"]["annotations"] == {"cloud.example/role": "news"}, account["metadata"]["name"]


@pytest.mark.parametrize(("section", "pods"), [("backup", "broadsheet-backup"), ("tests", "broadsheet-test")])
def test_pods_of_a_job_can_differ(section: str, pods: str) -> None:
    own = {
        "pod": {"podLabels": {"team": None, "cost": "shared"}, "tolerations": []},
        "resources": {"limits": {"cpu": 2}},
    }
    templates = pod_templates(with_backup({"defaults": SAID, section: own}))
    differing = {owner: item for owner, item in templates.items() if owner.split("/")[1].startswith(pods)}
    assert differing
    for template in differing.values():
        assert "team" not in template["metadata"]["labels"]
        assert template["metadata"]["labels"]["cost"] == "shared"
        assert "tolerations" not in template["spec"]
        assert {container["resources"]["limits"]["cpu"] for container in template["spec"]["containers"]} == {2}
    assert all(item["spec"]["tolerations"] for owner, item in templates.items() if owner not in differing)


def test_a_component_has_a_role_of_its_own() -> None:
    given = {"components": {"media-web": {"serviceAccountAnnotations": {"cloud.example/role": "pictures"}}}}
    accounts = of_kind(render(merged(LEAST, given)), "ServiceAccount")
    annotated = [item["metadata"]["name"] for item in accounts if "annotations" in item["metadata"]]
    assert annotated == ["broadsheet-media-web"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"defaults": {"podLabels": {"app.kubernetes.io/name": "news"}}}, "podLabels of .*: app.kubernetes.io/name is"),
        ({"tests": {"pod": {"podLabels": {"app.kubernetes.io/component": "x"}}}}, "the labels of test: .*component is"),
        ({"defaults": {"podAnnotations": {"checksum/secret": "x"}}}, "podAnnotations of .*: checksum/secret is given"),
        (
            {"commonLabels": {"app.kubernetes.io/instance": "x"}},
            "commonLabels, .*: app.kubernetes.io/instance is given",
        ),
        ({"commonLabels": {"helm.sh/chart": "x"}}, "commonLabels, .*: helm.sh/chart is given"),
        (
            {"monitoring": {"dashboards": {"enabled": True, "labels": {"app.kubernetes.io/part-of": "x"}}}},
            "the labels of dashboard: app.kubernetes.io/part-of is given",
        ),
    ],
)
def test_no_value_replaces_what_the_chart_itself_says(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(helm_python.HelmRenderError, match=sentence):
        render(merged(LEAST, given))


def test_the_labels_of_one_object_win_over_those_of_all() -> None:
    given = {
        "commonLabels": {"release": "a"},
        "monitoring": {"dashboards": {"enabled": True, "labels": {"release": "b"}}},
    }
    labels = {item["metadata"]["name"]: item["metadata"]["labels"]["release"] for item in render(merged(LEAST, given))}
    assert {name for name, value in labels.items() if value == "b"} == {
        name for name in labels if "-dashboard-" in name
    }


def test_a_must_of_spreading_is_one_of_hosts_alone() -> None:
    objects = render(merged(LEAST, {"defaults": {"spread": "DoNotSchedule"}}))
    constraints = named(objects, "Deployment", "gateway")["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert {item["topologyKey"]: item["whenUnsatisfiable"] for item in constraints} == {
        "kubernetes.io/hostname": "DoNotSchedule",
        "topology.kubernetes.io/zone": "ScheduleAnyway",
    }


def node_lost(given: dict[str, Any]) -> dict[str, dict[str, int | None]]:
    """Seconds that the pods of each Deployment stay on a node, by the taint of a node that is lost."""
    return {
        item["metadata"]["name"]: {
            toleration.get("key", "all"): toleration.get("tolerationSeconds")
            for toleration in item["spec"]["template"]["spec"].get("tolerations", [])
        }
        for item in of_kind(render(merged(LEAST, given)), "Deployment")
    }


def test_pods_of_a_lost_node_are_replaced_before_kubernetes_would() -> None:
    for name, seconds in node_lost({}).items():
        assert seconds == {"node.kubernetes.io/not-ready": 30, "node.kubernetes.io/unreachable": 30}, name


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"nodeLostSeconds": None}, {}),
        ({"nodeLostSeconds": 90}, {"node.kubernetes.io/not-ready": 90, "node.kubernetes.io/unreachable": 90}),
        ({"tolerations": [{"operator": "Exists"}]}, {"all": None}),
        (
            {
                "tolerations": [
                    {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "tolerationSeconds": 600}
                ]
            },
            {"node.kubernetes.io/unreachable": 600, "node.kubernetes.io/not-ready": 30},
        ),
    ],
)
def test_how_long_to_wait_for_a_lost_node_can_be_said(given: dict[str, Any], expected: dict[str, int | None]) -> None:
    assert node_lost({"components": {"gateway": given}})["broadsheet-gateway"] == expected
