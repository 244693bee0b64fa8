"""A text that YAML would take for something else is written as the text it is, or refused by the value's name."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import helm_python
import pytest
import yaml
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from charts import generate
from tests.chart.rendering import LEAST, Object, chart, merged, named, render, values

NUMBERS = ["123", "1e3", "0x1f", "0o14", "1_000", "12:30", "2001-01-01", ".inf"]
WORDS = ["yes", "no", "on", "true", "null", "~"]
MARKS = [
    "*.news.example",
    "*x",
    "#x",
    "# x",
    "a # b",
    "a: b",
    ":",
    "@a",
    "`a`",
    "- a",
    "{a}",
    "[a]",
    "&a",
    "!a",
    "|",
    "%a",
]
OTHERS = ["'", '"', "\\", "a,b", "  a", "a\nb", "\n a\nb", "a\tb", "é", "{{ a }}"]
PLAIN = "zebra"
VALIDATOR = Draft7Validator(generate.schema())

ON_THE_EDGE = merged(
    values("production"),
    {
        "picturesUrl": "",  # its host would have to be among ingress.hosts
        "keda": {"secret": "management"},
        "components": {"media-worker": {"keda": {"enabled": True}}},
        "monitoring": {"prometheusRule": {"enabled": True}, "dashboards": {"enabled": True}},
    },
)
FREE = [
    "commonLabels.free",
    "settings.LOG_LEVEL",
    "services.auth.settings.AUTH_SESSION_DAYS",
    "components.blog-web.settings.LOG_LEVEL",
    "components.auth-web.priorityClassName",
    "image.pullSecrets",
    "ingress.hosts",
    "ingress.annotations.free",
    "monitoring.serviceMonitor.labels.free",
    "monitoring.dashboards.labels.free",
    *(
        f"{pod}.{key}.free"
        for pod in ("defaults", "backup.pod")
        for key in ("podLabels", "podAnnotations", "nodeSelector")
    ),
    "tests.pod.serviceAccountAnnotations.free",
]
LISTS = {"image.pullSecrets", "ingress.hosts", "httpRoute.hostnames"}


def text_paths(tree: dict[str, Any], above: str = "") -> Iterator[str]:
    """The path of every value that is a text by default, but for quantities, which their pattern bounds."""
    for key, child in tree.items():
        if isinstance(child, dict) and key != "resources":
            yield from text_paths(child, f"{above}{key}.")
        elif isinstance(child, str) and key != "temporarySize":
            yield f"{above}{key}"


PATHS = [*text_paths(generate.default_values()), *FREE]


def saying(text: str, paths: list[str]) -> dict[str, Any]:
    """Values that hold the text at each of the paths, as the one item where there is a list."""
    given: dict[str, Any] = {}
    for path in paths:
        branch: Any = [text] if path in LISTS else text
        for key in reversed(path.split(".")):
            branch = {key: branch}
        given = merged(given, branch)
    return given


def accepted(base: dict[str, Any], text: str, paths: list[str]) -> list[str]:
    """The paths at which the schema takes the text; in what it answers it names every other."""
    whole = chart().merge_values(merged(base, saying(text, paths)))
    refused = {".".join(map(str, error.absolute_path)) for error in leaves_of(VALIDATOR.iter_errors(whole))}
    assert refused <= {*paths, *(f"{path}.0" for path in LISTS)}
    return [path for path in paths if path not in refused and f"{path}.0" not in refused]


def leaves_of(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """The errors under which there is no other."""
    for error in errors:
        yield from leaves_of(error.context) if error.context else [error]


def as_text(objects: list[Object]) -> str:
    """All objects as JSON, without what is derived from the values by a checksum."""
    return re.sub(r'("checksum/\w+": ")[0-9a-f]+', r"\1", json.dumps(objects, sort_keys=True))


def rendered(text: str, paths: list[str]) -> str:
    """The release in which all these values are the text."""
    return as_text(render(merged(ON_THE_EDGE, saying(text, paths))))


@cache
def plainly_rendered(paths: tuple[str, ...]) -> str:
    return rendered(PLAIN, list(paths))


@pytest.mark.parametrize("text", NUMBERS + WORDS + MARKS + OTHERS)
def test_a_text_is_written_as_it_is_or_refused_by_name(text: str) -> None:
    paths = accepted(ON_THE_EDGE, text, PATHS)
    assert "ingress.annotations.free" in paths
    usual = accepted(ON_THE_EDGE, PLAIN, paths)
    assert rendered(text, usual) == plainly_rendered(tuple(usual)).replace(PLAIN, json.dumps(text)[1:-1])
    for path in set(paths) - set(usual):
        assert f": {json.dumps(text)}" in rendered(text, [path]), path


@pytest.mark.parametrize("text", NUMBERS + WORDS + MARKS + OTHERS)
def test_secrets_and_the_gateways_configuration_are_kept_to_the_letter(text: str) -> None:
    secret = {"GATEWAY_CLIENT_SECRET": text}
    objects = render(merged(LEAST, {"services": {"gateway": {"config": text, "secret": {"values": secret}}}}))
    assert named(objects, "ConfigMap", "gateway")["data"] == {"gateway.yaml": text}
    assert named(objects, "Secret", "gateway")["data"] == {"GATEWAY_CLIENT_SECRET": b64encode(text.encode()).decode()}


@pytest.mark.parametrize("release", ["2026", "1e3", "0x1f", "news.eu", "null", "9-to-5", "broadsheet", "yes"])
@pytest.mark.parametrize("name", ["broadsheet", "devinfra"])
def test_a_release_may_be_called_anything_that_helm_allows(name: str, release: str) -> None:
    for item in render({} if name == "devinfra" else LEAST, name, release):
        assert re.fullmatch(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", item["metadata"]["name"]), "a Service's name"
        labels = item["metadata"].get("labels", {"app.kubernetes.io/instance": release})
        assert labels["app.kubernetes.io/instance"] == release


LONG = "feature-checkout-rework-0c1d5b7e9f3a4c8e8a52d6b7c1f0e9d8a7b6c5d4"


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        (f"{LONG}-20261129", LONG[:63]),
        (f"{LONG[:62]}-20261129", LONG[:62]),
        ("_1.0.0_", "1.0.0"),
        ("___", ""),
        ("2026.10", "2026.10"),
    ],
)
def test_any_tag_makes_a_label(tag: str, label: str) -> None:
    deployment = named(render(merged(LEAST, {"image": {"tags": {"auth": tag}}})), "Deployment", "auth-web")
    assert deployment["metadata"]["labels"]["app.kubernetes.io/version"] == label
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == f"broadsheet/auth:{tag}"


@pytest.mark.parametrize("name", ["minimal", "production", "try-out", "gateway-api"])
def test_both_readings_of_yaml_see_the_same_in_what_is_rendered(name: str) -> None:
    """Helm reads YAML otherwise than Python: `1e3` is a number to one and a text to the other."""
    for path, text in chart().render(values(name), name="0x1f", namespace="1e3").items():
        for document in re.split(r"(?m)^---$", text) if path.endswith(".yaml") else []:
            if document.strip():
                assert helm_python.values_from_yaml(document) == (yaml.load(document, yaml.CSafeLoader) or {}), path
