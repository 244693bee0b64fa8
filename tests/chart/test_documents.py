"""Whatever a document has one type in a cluster names something that the charts make."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.chart.rendering import (
    CHARTS,
    SCENARIOS,
    Object,
    chart,
    containers,
    of_kind,
    pod_templates,
    render,
    scenario,
    values,
)

ROOT = CHARTS.parent
DOCUMENTS = {
    str(path.relative_to(ROOT)): path.read_text()
    for folder in ("docs", "ops", "charts")
    for path in sorted((ROOT / folder).rglob("*.md"))
}
NOTES = {
    f"NOTES of {name}": chart().render(values(name), name="broadsheet", namespace="production")[
        "broadsheet/templates/NOTES.txt"
    ]
    for name in SCENARIOS
}
KINDS = {
    **dict.fromkeys(("deploy", "deployment", "deployments.apps"), "Deployment"),
    **dict.fromkeys(("statefulset", "sts"), "StatefulSet"),
    **dict.fromkeys(("svc", "service"), "Service"),
    **dict.fromkeys(("cronjob", "cj"), "CronJob"),
    "job": "Job",
    "pod": "Pod",
    "secret": "Secret",
}
NAMED = re.compile(rf"(?<![\w/.-])({'|'.join(map(re.escape, KINDS))})/([a-z][a-z0-9-]*[a-z0-9])")
READERS_OWN = re.compile(
    r"kubectl .*create job (?:--from=\S+ )?(?P<job>[a-z][a-z-]+)|^  name: (?P<pod>restore)$", re.MULTILINE
)

every_document = pytest.mark.parametrize("name", [*DOCUMENTS, *NOTES])


def text_of(name: str) -> str:
    return {**DOCUMENTS, **NOTES}[name]


@cache
def made() -> list[Object]:
    """Everything that one of the scenarios or devinfra makes."""
    return [*(item for name in SCENARIOS for item in scenario(name)), *render({}, "devinfra")]


def readers_own(text: str) -> set[str]:
    """What the document itself has the reader make."""
    made_by_commands = {match["job"] for match in READERS_OWN.finditer(text) if match["job"]}
    files = [ROOT / path for path in re.findall(r"apply -f (\S+\.yaml)", text)]
    return made_by_commands | {match["pod"] for file in files for match in READERS_OWN.finditer(file.read_text())}


@every_document
def test_every_object_that_is_named_is_made(name: str) -> None:
    text = text_of(name)
    own = readers_own(text)
    for kind, called in NAMED.findall(text):
        names = {item["metadata"]["name"] for item in of_kind(made(), KINDS[kind])}
        assert called in names | own, f"{kind}/{called}"


@every_document
def test_every_component_that_is_selected_has_pods(name: str) -> None:
    labels = [template["metadata"]["labels"] for template in pod_templates(made()).values()]
    known = {found["app.kubernetes.io/component"] for found in labels}
    assert set(re.findall(r"app\.kubernetes\.io/component=([a-z-]+)", text_of(name))) <= known


@every_document
def test_every_container_that_is_named_is_one_of_a_pod(name: str) -> None:
    known = {item["name"] for template in pod_templates(made()).values() for item in containers(template["spec"])}
    assert set(_containers(text_of(name))) <= known


def _containers(text: str) -> Iterator[str]:
    for command in re.findall(r"kubectl .*", text):
        yield from re.findall(r" (?:-c|--container)[ =]([a-z-]+)", command)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_a_command_takes_is_there(name: str) -> None:
    for path in re.findall(r"(?:--values|-f) ((?:charts|docs)/\S+\.yaml)", DOCUMENTS[name]):
        assert (ROOT / path).is_file(), path


def test_what_is_looked_for_is_found() -> None:
    """The patterns above match what is written."""
    assert ("deploy", "broadsheet-blog-consumer") in NAMED.findall(DOCUMENTS["ops/runbooks.md"])
    assert "backup-now" in readers_own(DOCUMENTS["docs/how-to/backup-and-restore.md"])
    assert list(_containers(NOTES["NOTES of minimal"])) == ["migrations"]
