"""What every pod of the chart is like, in every scenario."""

import copy

import helm_python
import pytest

from tests.chart.rendering import (
    CHART,
    LEAST,
    SCENARIOS,
    Object,
    containers,
    merged,
    named,
    of_kind,
    pod_specs,
    render,
    scenario,
    values,
)

every_scenario = pytest.mark.parametrize("name", SCENARIOS)


@every_scenario
def test_no_environment_variable_is_given_twice(name: str) -> None:
    for owner, pod in pod_specs(scenario(name)).items():
        for container in containers(pod):
            names = [variable["name"] for variable in container.get("env", [])]
            assert len(names) == len(set(names)), f"{owner}: {sorted(names)}"


@every_scenario
def test_no_secret_is_an_environment_variable(name: str) -> None:
    for owner, pod in pod_specs(scenario(name)).items():
        for container in containers(pod):
            assert all("value" in variable for variable in container.get("env", [])), owner
            assert not container.get("envFrom"), owner


@every_scenario
def test_every_pod_keeps_to_the_restricted_standard(name: str) -> None:
    for owner, pod in pod_specs(scenario(name)).items():
        assert pod["securityContext"]["runAsNonRoot"], owner
        assert pod["securityContext"]["runAsUser"] == 10001, owner
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, owner
        assert pod["automountServiceAccountToken"] is False, owner
        for container in containers(pod):
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"], owner
            assert not security["allowPrivilegeEscalation"], owner
            assert security["capabilities"] == {"drop": ["ALL"]}, owner


@every_scenario
def test_every_component_has_a_service_account_of_its_own(name: str) -> None:
    deployments = of_kind(scenario(name), "Deployment")
    accounts = [item["spec"]["template"]["spec"]["serviceAccountName"] for item in deployments]
    assert sorted(accounts) == sorted(item["metadata"]["name"] for item in deployments)


@every_scenario
def test_there_is_time_to_drain(name: str) -> None:
    for item in of_kind(scenario(name), "Deployment"):
        pod = item["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        drain = int(next(entry["value"] for entry in container["env"] if entry["name"] == "DRAIN_SECONDS"))
        sleep = _pre_stop_seconds(container)
        assert sleep or all(port["name"] != "http" for port in container["ports"]), item["metadata"]["name"]
        assert pod["terminationGracePeriodSeconds"] >= sleep + drain + 5, item["metadata"]["name"]


def _pre_stop_seconds(container: Object) -> int:
    """How long it sleeps before it is told to stop: 0 without a hook."""
    return int(container["lifecycle"]["preStop"]["sleep"]["seconds"]) if "lifecycle" in container else 0


def test_too_little_time_to_drain_is_refused_with_the_sum() -> None:
    with pytest.raises(
        helm_python.HelmRenderError, match=r"components\.gateway: .* is 20, set at least 30: .* 5 .* 20"
    ):
        render({**LEAST, "components": {"gateway": {"terminationGracePeriodSeconds": 20}}})


def test_only_what_others_call_waits_before_it_stops() -> None:
    objects = render({**LEAST, "components": {"blog-worker": {"preStopSeconds": 3}}})
    sleeps = {owner: sum(map(_pre_stop_seconds, containers(pod))) for owner, pod in pod_specs(objects).items()}
    assert {owner: seconds for owner, seconds in sleeps.items() if seconds} == {
        "Deployment/broadsheet-gateway": 5,
        "Deployment/broadsheet-auth-web": 5,
        "Deployment/broadsheet-blog-web": 5,
        "Deployment/broadsheet-media-web": 5,
        "Deployment/broadsheet-blog-worker": 3,
    }


def test_a_new_image_changes_only_what_runs_it() -> None:
    def objects(tag: str) -> dict[tuple[str, str], Object]:
        rendered = render({**values("try-out"), "image": {"tag": tag}})
        return {(item["kind"], item["metadata"]["name"]): item for item in rendered}

    old, new = objects("1"), objects("2")
    assert {kind for kind, name in new if old.get((kind, name)) != new[kind, name]} == {"CronJob", "Deployment", "Pod"}


def test_a_replicas_number_is_absent_where_an_autoscaler_owns_it() -> None:
    objects = scenario("production")
    assert "replicas" not in named(objects, "Deployment", "gateway")["spec"]
    assert named(objects, "HorizontalPodAutoscaler", "gateway")["spec"]["maxReplicas"] == 12
    assert named(objects, "Deployment", "media-worker")["spec"]["replicas"] == 3
    assert "replicas" not in named(scenario("gateway-api"), "Deployment", "media-worker")["spec"]


def test_a_rollout_never_takes_a_serving_pod_away_first() -> None:
    for item in of_kind(scenario("minimal"), "Deployment"):
        beat = item["metadata"]["name"].endswith("-beat")
        strategy = item["spec"]["strategy"]
        assert strategy["type"] == ("Recreate" if beat else "RollingUpdate")
        assert beat or strategy["rollingUpdate"]["maxUnavailable"] == 0


def test_a_digest_wins_over_the_tag_and_the_registry_is_honoured() -> None:
    for owner, pod in pod_specs(scenario("production")).items():
        images = [container["image"] for container in containers(pod) if "broadsheet" in container["image"]]
        assert images, owner
        assert all(image.startswith("images.example/mirror/broadsheet/") for image in images), owner
        assert all("@sha256:" in image for image in images), owner
    assert all("@" not in image for image in _images("try-out") if image.endswith(":dev"))


def _images(name: str) -> set[str]:
    return {container["image"] for pod in pod_specs(scenario(name)).values() for container in containers(pod)}


def test_a_tag_of_a_service_changes_the_pods_of_that_service_alone() -> None:
    def templates(tags: dict[str, str]) -> dict[str, Object]:
        given = merged(values("minimal"), {"image": {"tag": "1.0.0", "tags": tags}})
        return {item["metadata"]["name"]: item["spec"]["template"] for item in of_kind(render(given), "Deployment")}

    before, after = templates({}), templates({"blog": "1.1.0"})
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    blog = {f"broadsheet-blog-{process}" for process in ("web", "worker", "beat", "relay", "consumer")}
    assert changed == blog
    for name in blog:
        (container,) = after[name]["spec"]["containers"]
        assert container["image"].endswith("/blog:1.1.0")
        assert {"name": "RELEASE", "value": "1.1.0"} in container["env"]


@pytest.mark.parametrize(("enabled", "option"), [(True, "--within"), (False, "--wait")])
def test_pods_with_a_database_bring_it_up_to_date_before_they_start(enabled: bool, option: str) -> None:
    """A beat has none, and its old pod is gone when the new one starts: waiting, it would leave jobs undone."""
    for item in of_kind(render(merged(LEAST, {"migrations": {"enabled": enabled}})), "Deployment"):
        name, pod = item["metadata"]["name"], item["spec"]["template"]["spec"]
        migrations = pod.get("initContainers", [])
        without = name == "broadsheet-gateway" or name.endswith("-beat")
        assert [container["args"] for container in migrations] == ([] if without else [["migrate", option, "300"]]), (
            name
        )
        options = {"name": "PGOPTIONS", "value": "-c lock_timeout=5s -c statement_timeout=10min"}
        assert all(options in container["env"] for container in migrations), name
        assert options not in pod["containers"][0]["env"], name


@every_scenario
def test_nothing_keeps_migrations_from_running_again(name: str) -> None:
    """The state of the database decides: a Job of a name that has run would never look again."""
    assert of_kind(scenario(name), "Job") == []


@every_scenario
def test_every_promise_is_a_pod_that_stays_to_be_read(name: str) -> None:
    """`helm test --logs` reads a pod that is called like the hook, after everything has ended."""
    hooks = {item["metadata"]["name"]: item for item in scenario(name) if "helm.sh/hook" in _annotations(item)}
    assert {item["kind"] for item in hooks.values()} == {"Pod"}
    assert len(hooks) == len(list((CHART / "files/tests").glob("*_*.py")))
    for item in hooks.values():
        assert _annotations(item)["helm.sh/hook-delete-policy"] == "before-hook-creation"
        (container,) = item["spec"]["containers"]
        assert (CHART / "files" / container["command"][-1].removeprefix("/")).is_file()


def _annotations(item: Object) -> dict[str, str]:
    annotations: dict[str, str] = item["metadata"].get("annotations", {})
    return annotations


def test_a_disabled_component_leaves_nothing_behind() -> None:
    given = copy.deepcopy(values("minimal"))
    given["components"] = {"blog-relay": {"enabled": False}}
    left = [item["kind"] for item in render(given) if item["metadata"]["name"] == "broadsheet-blog-relay"]
    assert left == ["NetworkPolicy"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"components": {"auth-beat": {"replicas": 2}}}, "there is always exactly one"),
        ({"components": {"gateway": {"keda": {"enabled": True}}}}, "this component empties none"),
        ({"components": {"blog-worker": {"keda": {"enabled": True}, "autoscaling": {"enabled": True}}}}, "not both"),
        (
            {"components": {"gateway": {"autoscaling": {"enabled": True, "minReplicas": 9}}}},
            "gateway: autoscaling.minReplicas is greater than maxReplicas",
        ),
        (
            {"keda": {"secret": "a"}, "components": {"media-worker": {"keda": {"enabled": True, "minReplicas": 9}}}},
            "media-worker: keda.minReplicas is greater than maxReplicas",
        ),
        (
            {"components": {"media-worker": {"keda": {"enabled": True}}}},
            "components.media-worker: .* name the Secret with the URL in keda.secret",
        ),
        (
            {"components": {"gateway": {"autoscaling": {"enabled": True}, "resources": None}}},
            "components.gateway: .* set resources.requests.cpu",
        ),
        (
            {"components": {"gateway": {"podDisruptionBudget": {"maxUnavailable": 2}}}},
            "components.gateway: podDisruptionBudget.maxUnavailable 2 lets all 2 pods go at once",
        ),
        (
            {"components": {"gateway": {"replicas": 3, "podDisruptionBudget": {"maxUnavailable": "67%"}}}},
            "maxUnavailable 67% lets all 3 pods go",
        ),
        (
            {"defaults": {"minReadySeconds": 600}},
            "progressDeadlineSeconds is 600, set more than minReadySeconds and migrations.waitSeconds, 600",
        ),
        ({"migrations": {"waitSeconds": 601}}, "set more than minReadySeconds and migrations.waitSeconds, 601"),
        ({"monitoring": {"serviceMonitor": {"enabled": True}}}, "name your Prometheus in networkPolicy.neighbours.mon"),
        ({"tests": {"resources": {"requests": {"cpu": 2}}}}, "tests.resources: requests.cpu 2 is more than limits.cpu"),
        (
            {
                "ingress": {"enabled": True, "hosts": ["a.example"]},
                "httpRoute": {"enabled": True, "parentRefs": [{"name": "a"}], "hostnames": ["a.example"]},
            },
            "published twice",
        ),
        ({"services": {"media": {"settings": {"MEDIA_STORAGE_URL": "file://var"}}}}, "pods have no disk"),
        ({"ipFamilies": ["IPv6"]}, "pods that listen on IPv4 alone"),
        ({"ipFamilyPolicy": "PreferDualStack"}, "pods that listen on IPv4 alone"),
        (
            {"components": {"gateway": {"resources": {"limits": {"cpu": "90m"}}}}},
            "components.gateway.resources: requests.cpu 100m is more than limits.cpu 90m",
        ),
        (
            {"defaults": {"resources": {"requests": {"cpu": 2.5}, "limits": {"cpu": "2400m"}}}},
            "requests.cpu 2.5 is more than limits.cpu 2400m",
        ),
        (
            {"defaults": {"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": 536870912}}}},
            "requests.memory 1Gi is more than limits.memory",
        ),
        (
            {"services": {"auth": {"secret": {"existing": "mine", "values": {"SERVICE_TOKEN": "x"}}}}},
            "another Secret is named already",
        ),
    ],
)
def test_what_contradicts_itself_is_refused_with_a_sentence(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(helm_python.HelmRenderError, match=sentence):
        render(merged(LEAST, wrong))


@pytest.mark.parametrize(
    "given",
    [
        {"components": {"gateway": {"replicas": 3, "podDisruptionBudget": {"maxUnavailable": "66%"}}}},
        {"components": {"gateway": {"podDisruptionBudget": {"enabled": False, "maxUnavailable": 2}}}},
        {"components": {"gateway": {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}}}}},
        {"monitoring": {"serviceMonitor": {"enabled": True}}, "networkPolicy": {"enabled": False}},
    ],
)
def test_what_does_not_contradict_itself_is_rendered(given: dict[str, object]) -> None:
    assert render(merged(LEAST, given))


@pytest.mark.parametrize(
    ("what", "asked", "limit"),
    [("cpu", "1000m", 1), ("cpu", "1.5", "1500m"), ("memory", "1G", "1Gi"), ("memory", 536870912, "512Mi")],
)
def test_a_request_may_be_as_much_as_its_limit_however_it_is_written(what: str, asked: object, limit: object) -> None:
    render(merged(LEAST, {"defaults": {"resources": {"requests": {what: asked}, "limits": {what: limit}}}}))
