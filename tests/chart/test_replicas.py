"""The number of pods is handed over to an autoscaler, and never drops when it is."""

import json
import shutil
from typing import Any

import helm_python
import pytest

from tests.chart.rendering import CHART, LEAST, merged, named, render

Owner = tuple[str, str, dict[str, Any]]
HELM: Owner = ("helm", "Apply", {"f:template": {}, "f:replicas": {}})
HELM_WITHOUT: Owner = ("helm", "Apply", {"f:template": {}})
HELM_3: Owner = ("helm", "Update", {"f:template": {}, "f:replicas": {}})
SCALER: Owner = ("kube-controller-manager", "Update", {"f:replicas": {}})
STATUS: Owner = ("kube-controller-manager", "Update", {})


def live(replicas: int, *owners: Owner) -> dict[str, Any]:
    """A Deployment of the cluster, of which these are the owners of fields."""
    fields: list[dict[str, Any]] = [
        {"manager": manager, "operation": operation, "fieldsV1": {"f:spec": spec} if spec else {"f:status": {}}}
        for manager, operation, spec in owners
    ]
    return {"metadata": {"managedFields": fields}, "spec": {"replicas": replicas}}


@pytest.fixture(scope="module")
def probing(tmp_path_factory: pytest.TempPathFactory) -> helm_python.Chart:
    """The chart with a template that asks what it would state of what `global.live` runs."""
    folder = tmp_path_factory.mktemp("chart") / "broadsheet"
    shutil.copytree(CHART, folder)
    ask = '{{ include "broadsheet.replicas.handover" (list .Values.global.live (int .Values.global.fewest)) | quote }}'
    (folder / "templates/probe.yaml").write_text(f"stated: {ask}\n")
    return helm_python.Chart.load(folder)


@pytest.mark.parametrize(
    ("running", "fewest", "stated"),
    [
        pytest.param(live(4, HELM, STATUS), 2, "4", id="switched on: what runs stays"),
        pytest.param(live(1, HELM, STATUS), 3, "3", id="switched on: the fewest at once"),
        pytest.param(live(6, HELM_WITHOUT, SCALER), 2, "", id="the scaler has changed it: its own"),
        pytest.param(live(2, HELM_WITHOUT, SCALER), 5, "", id="a new fewest is the scaler's work too"),
        pytest.param(live(0, HELM_WITHOUT, STATUS), 2, "2", id="scaled to 0 for a restore, which no scaler ends"),
        pytest.param(live(0, HELM_WITHOUT, STATUS), 0, "0", id="KEDA has scaled to 0"),
        pytest.param(live(6, HELM_3, SCALER), 2, "6", id="Helm 3, whose next patch would take it away"),
        pytest.param(live(6, HELM_3), 2, "6", id="Helm 3, switched on"),
        pytest.param({}, 2, "", id="nothing runs, or nobody can be asked"),
    ],
)
def test_what_the_chart_states_of_a_deployment_with_an_autoscaler(
    probing: helm_python.Chart, running: dict[str, Any], fewest: int, stated: str
) -> None:
    given = merged(LEAST, {"global": {"live": running, "fewest": fewest}})
    text = probing.render(given, name="broadsheet")["broadsheet/templates/probe.yaml"]
    assert text.strip() == f"stated: {json.dumps(stated)}"


def test_no_number_is_stated_where_no_cluster_can_be_asked() -> None:
    objects = render(merged(LEAST, {"components": {"gateway": {"autoscaling": {"enabled": True}}}}))
    assert "replicas" not in named(objects, "Deployment", "gateway")["spec"]
    assert named(objects, "Deployment", "auth-web")["spec"]["replicas"] == 2


def test_no_pods_at_all_may_be_asked_for() -> None:
    objects = render(merged(LEAST, {"components": {"gateway": {"replicas": 0}}}))
    assert named(objects, "Deployment", "gateway")["spec"]["replicas"] == 0
