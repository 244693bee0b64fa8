"""The NetworkPolicies open the edges that the services' code uses, and no other."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from blog_service.outbound import addresses
from chassis.access import table

from charts import generate
from launcher.settings import SERVICES
from tests.chart.rendering import LEAST, merged, named, notes, of_kind, render, scenario, values

ROOT = Path(__file__).parents[2]
CHASSIS = ROOT / "chassis/src/chassis"
NEIGHBOUR_OF_SETTING = {
    "auth_url": "auth-web",
    "blog_url": "blog-web",
    "media_url": "media-web",
    "database_url": "postgresql",
    "storage_url": "objectStore",
    "mail_url": "mail",
    "webhook_ports_taken": "webhooks",
    "cache_url": "redis",
    "events_url": "rabbitmq",
    "jobs_url": "rabbitmq",
}


def used_by(service: str) -> set[str]:
    """The neighbours a service reaches: their addresses are settings that its code or the chassis reads.

    Stand-ins in ``testing/`` run in tests, not in pods.
    """
    package = ROOT / f"services/{service}/{service}_service"
    own = [path for path in package.rglob("*.py") if not path.is_relative_to(package / "testing")]
    imported = {module for path in own for module in _chassis_imports(path)}
    imported -= set((CHASSIS / "settings").glob("*.py"))  # declares all
    read = {name for path in [*own, *imported] for name in _attributes(path)}
    return {NEIGHBOUR_OF_SETTING[name] for name in read & NEIGHBOUR_OF_SETTING.keys()} - {f"{service}-web"}


def _chassis_imports(path: Path) -> set[Path]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    places = {CHASSIS.parent / (node.module or "").replace(".", "/") for node in nodes} - {CHASSIS}
    files = {file for place in places for file in (place.with_suffix(".py"), *place.glob("*.py"))}
    return {file for file in files if file.is_relative_to(CHASSIS) and file.exists()}


def _attributes(path: Path) -> set[str]:
    return {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("service", SERVICES)
def test_edges_are_what_the_code_uses(service: str) -> None:
    opened = set().union(*(targets for source, targets in generate.edges().items() if source.split("-")[0] == service))
    assert opened == used_by(service)


def test_every_component_has_its_row() -> None:
    assert set(generate.edges()) == set(generate.components()) | {"edge", "test", "backup"}


@pytest.mark.parametrize("name", ["minimal", "production"])
def test_rendered_policies_are_the_table(name: str) -> None:
    objects = scenario(name)
    for source, targets in generate.edges().items():
        if source in generate.components():
            policy = named(objects, "NetworkPolicy", source)["spec"]
            assert policy["policyTypes"] == ["Ingress", "Egress"]
            reached = {label for rule in policy["egress"] for label in _components(rule.get("to", []))}
            assert reached == set(targets) & set(generate.components())


def test_only_named_callers_reach_a_service() -> None:
    policy = named(scenario("production"), "NetworkPolicy", "blog-web")["spec"]
    callers = {label for rule in policy["ingress"] for label in _components(rule["from"])}
    assert callers == {"gateway", "media-worker"}


def test_only_the_gateway_takes_calls_from_anyone() -> None:
    policies = of_kind(scenario("minimal"), "NetworkPolicy")
    open_to_all = [item for item in policies if not all("from" in rule for rule in item["spec"].get("ingress", []))]
    assert [item["metadata"]["name"] for item in open_to_all] == ["broadsheet-gateway"]
    (anyone,) = [rule for rule in open_to_all[0]["spec"]["ingress"] if "from" not in rule]
    assert anyone["ports"] == [{"port": 8000, "protocol": "TCP"}]


def test_background_processes_take_only_the_monitoring() -> None:
    policy = named(scenario("production"), "NetworkPolicy", "auth-relay")["spec"]
    assert [rule["ports"] for rule in policy["ingress"]] == [[{"port": 9100, "protocol": "TCP"}]]


@pytest.mark.parametrize("name", ["minimal", "production", "try-out"])
def test_every_pod_is_under_exactly_one_policy(name: str) -> None:
    objects = scenario(name)
    selected = [item["spec"]["podSelector"]["matchLabels"] for item in of_kind(objects, "NetworkPolicy")]
    for item in of_kind(objects, "Deployment", "Pod"):
        labels = item["spec"].get("template", item)["metadata"]["labels"]
        assert sum(labels.items() >= selector.items() for selector in selected) == 1, item["metadata"]["name"]


def test_names_are_asked_of_the_clusters_resolver_alone_unless_another_is_named() -> None:
    def resolvers(given: dict[str, Any]) -> list[list[dict[str, Any]]]:
        policies = of_kind(render(merged(LEAST, given)), "NetworkPolicy")
        rules = [rule for policy in policies for rule in policy["spec"]["egress"] if rule["ports"][0]["port"] == 53]
        assert len(rules) == len(policies)
        return [rule["to"] for rule in rules]

    usual = {"kubernetes.io/metadata.name": "kube-system"}, {"k8s-app": "kube-dns"}
    for peers in resolvers({}):
        assert [(peer["namespaceSelector"]["matchLabels"], peer["podSelector"]["matchLabels"]) for peer in peers] == [
            usual
        ]
    other = [{"ipBlock": {"cidr": "169.254.20.10/32"}}]
    neighbours = {"networkPolicy": {"neighbours": {"dns": {"peers": other}}}}
    assert all(peers == other for peers in resolvers(neighbours))


def test_in_production_every_edge_has_named_ends() -> None:
    for policy in of_kind(scenario("production"), "NetworkPolicy"):
        assert all(rule["to"] for rule in policy["spec"]["egress"]), policy["metadata"]["name"]
        assert all(rule["from"] for rule in policy["spec"].get("ingress", [])), policy["metadata"]["name"]


def test_the_notes_name_every_neighbour_without_peers() -> None:
    def unnamed(name: str) -> list[str]:
        return re.findall(r"NOTE: networkPolicy\.neighbours\.(\w+)\.peers names nobody", notes(values(name)))

    assert unnamed("minimal") == ["mail", "objectStore", "postgresql", "rabbitmq", "redis"]
    assert unnamed("production") == []


def test_the_notes_say_that_telemetry_cannot_be_reached() -> None:
    given = merged(LEAST, {"settings": {"STATSD_URL": "udp://statsd:8125"}})
    assert "settings.STATSD_URL: no pod may reach it" in notes(given)
    assert "may reach it" not in notes(values("production"))


def test_no_policy_states_an_empty_list() -> None:
    """The API server does not keep one: each upgrade would change the policy, and a difference would never end."""
    for policy in [*of_kind(scenario("minimal"), "NetworkPolicy"), *of_kind(render({}, "devinfra"), "NetworkPolicy")]:
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"], policy["metadata"]["name"]
        assert [] not in policy["spec"].values(), policy["metadata"]["name"]
        assert None not in policy["spec"].values(), policy["metadata"]["name"]


def _components(peers: list[dict[str, dict[str, dict[str, str]]]]) -> set[str]:
    labels = [peer.get("podSelector", {}).get("matchLabels", {}) for peer in peers]
    ours = [item for item in labels if item.get("app.kubernetes.io/name") == "broadsheet"]
    return {item["app.kubernetes.io/component"] for item in ours}


def test_who_may_ask_inside_is_let_through() -> None:
    targets = {source: set(names) for source, names in generate.edges().items()}
    for service, paths in table().internal.items():
        callers = frozenset[str]().union(*(who for methods in paths.values() for who in methods.values()))
        reaching = {source.partition("-")[0] for source, reached in targets.items() if f"{service}-web" in reached}
        assert callers <= reaching


def test_the_threat_model_shows_the_edges() -> None:
    page = (ROOT / "docs/security.md").read_text()
    shown = dict(re.findall(r"^\| ([a-z][a-z-]*) \| ([a-zA-Z0-9, -]+) \|$", page, re.MULTILINE))
    shown.pop("from")
    assert {source: targets.split(", ") for source, targets in shown.items()} == generate.edges()


def test_webhooks_reach_what_blog_takes_and_nothing_else() -> None:
    peers = generate.default_values()["networkPolicy"]["neighbours"]["webhooks"]["peers"]
    assert [peer["ipBlock"] for peer in peers] == [
        {"cidr": "0.0.0.0/0", "except": list(map(str, addresses.REFUSED_V4))},
        {"cidr": str(addresses.UNICAST_V6), "except": list(map(str, addresses.REFUSED_V6))},
    ]
    (default,) = [item.default for item in generate.settings("blog") if item.name == "BLOG_WEBHOOK_PORTS"]
    ports = generate.default_values()["networkPolicy"]["neighbours"]["webhooks"]["ports"]
    assert ",".join(str(rule["port"]) for rule in ports) == default
