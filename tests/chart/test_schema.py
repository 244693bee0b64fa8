"""values.schema.json refuses what cannot work, and names the value."""

from typing import Any

import helm_python
import pytest

from tests.chart.rendering import LEAST, SCENARIOS, chart, merged, values

WRONG: list[tuple[str, dict[str, Any]]] = [
    ("publicUrl", {"publicUrl": "broadsheet.example"}),
    ("publicUrl", {"publicUrl": "https://broadsheet.example/path"}),
    ("publicUrl", {"publicUrl": ""}),
    ("environment", {"environment": "staging"}),
    ("replicaCount", {"replicaCount": 2}),
    ("listenHost", {"listenHost": "127.0.0.1"}),
    ("ipFamilyPolicy", {"ipFamilyPolicy": "DualStack"}),
    ("ipFamilies", {"ipFamilies": ["IPv4", "IPv4"]}),
    ("ipFamilies", {"ipFamilies": ["ipv6"]}),
    ("tag", {"image": {"tag": "latest"}}),
    ("tag", {"image": {"tag": "a b"}}),
    ("tags/blog", {"image": {"tags": {"blog": "latest"}}}),
    ("mailer", {"image": {"tags": {"mailer": "1.1.0"}}}),
    ("digests", {"image": {"digests": {"auth": "sha256:abc"}}}),
    ("mailer", {"image": {"digests": {"mailer": ""}}}),
    ("pullPolicy", {"image": {"pullPolicy": "Sometimes"}}),
    ("AUTH_SECERT_KEY", {"services": {"auth": {"settings": {"AUTH_SECERT_KEY": "x"}}}}),
    ("AUTH_SECRET_KEY", {"services": {"auth": {"settings": {"AUTH_SECRET_KEY": "in the clear"}}}}),
    ("AUTH_SESSION_DAYS", {"services": {"blog": {"settings": {"AUTH_SESSION_DAYS": 3}}}}),
    ("DRAIN_SECONDS", {"settings": {"DRAIN_SECONDS": 3}}),
    ("LOG_LEVEL", {"settings": {"LOG_LEVEL": ["INFO"]}}),
    ("mailer", {"services": {"mailer": {}}}),
    ("AUTH_DATABASE", {"services": {"auth": {"secret": {"values": {"AUTH_DATABASE": "x"}}}}}),
    ("SERVICE_TOKEN", {"services": {"auth": {"secret": {"values": {"SERVICE_TOKEN": ""}}}}}),
    ("auth-cron", {"components": {"auth-cron": {}}}),
    ("replicas", {"components": {"gateway": {"replicas": -1}}}),
    ("replicas", {"components": {"gateway": {"replicas": "two"}}}),
    ("memory", {"components": {"gateway": {"resources": {"limits": {"memory": "1 GB"}}}}}),
    ("gpus", {"components": {"gateway": {"resources": {"limits": {"gpus": 1}}}}}),
    ("BLOG_WEB_WORKERS", {"components": {"auth-web": {"settings": {"BLOG_WEB_WORKERS": 2}}}}),
    ("drainSeconds", {"defaults": {"drainSeconds": 0}}),
    ("spread", {"defaults": {"spread": "Evenly"}}),
    ("maxUnavailable", {"defaults": {"podDisruptionBudget": {"maxUnavailable": 0}}}),
    ("cpuPercent", {"defaults": {"autoscaling": {"cpuPercent": 150}}}),
    ("lockTimeout", {"migrations": {"lockTimeout": "soon"}}),
    ("waitSeconds", {"migrations": {"waitSeconds": 0}}),
    ("hosts", {"ingress": {"enabled": True}}),
    ("hosts", {"ingress": {"enabled": True, "hosts": ["https://broadsheet.example"]}}),
    ("parentRefs", {"httpRoute": {"enabled": True, "hostnames": ["broadsheet.example"]}}),
    ("name", {"externalSecrets": {"enabled": True}}),
    ("kind", {"externalSecrets": {"store": {"kind": "Vault"}}}),
    ("mysql", {"networkPolicy": {"neighbours": {"mysql": {"peers": []}}}}),
    ("protocol", {"networkPolicy": {"neighbours": {"redis": {"ports": [{"port": 6379, "protocol": "tcp"}]}}}}),
    ("port", {"networkPolicy": {"neighbours": {"redis": {"ports": [{"port": 70000, "protocol": "TCP"}]}}}}),
    ("interval", {"monitoring": {"serviceMonitor": {"interval": 30}}}),
    ("schedule", {"backup": {"schedule": "daily"}}),
    ("existingClaim", {"backup": {"enabled": True}}),
    ("keepDays", {"backup": {"keepDays": 0}}),
]


@pytest.mark.parametrize(("named", "wrong"), WRONG, ids=[f"{number}-{name}" for number, (name, _) in enumerate(WRONG)])
def test_wrong_value_is_refused_by_its_name(named: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(helm_python.HelmValuesError, match=named):
        chart().validate_schema(merged(LEAST, wrong))


def test_the_public_url_has_no_default() -> None:
    with pytest.raises(helm_python.HelmValuesError, match="publicUrl"):
        chart().validate_schema({})


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_accepted(name: str) -> None:
    chart().validate_schema(values(name))


def test_every_value_has_a_place_in_the_schema() -> None:
    """A schema that allowed anything would refuse nothing: each object in it is closed, save those of free keys."""
    document = chart().schema
    assert document is not None
    free = {"global", "podSelector", "namespaceSelector", "ipBlock", "affinity", "items"}
    for path, node in _objects(document, ("values",)):
        assert "additionalProperties" in node or path[-1] in free, "/".join(path)


def _objects(node: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    if not isinstance(node, dict):
        return []
    found = [(path, node)] if "object" in node.get("type", ()) else []
    return found + [item for key, child in node.items() for item in _objects(child, (*path, key))]
