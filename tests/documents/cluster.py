"""Words after ``kubectl`` and ``helm``, held against what the charts make."""

import argparse
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NoReturn

import helm_python
import yaml

from tests.chart.rendering import (
    LEAST,
    SCENARIOS,
    Object,
    chart,
    containers,
    merged,
    of_kind,
    pod_templates,
    render,
    scenario,
)
from tests.documents.pages import ROOT, lines

KINDS = {
    **dict.fromkeys(("deploy", "deployment", "deployments.apps"), "Deployment"),
    **dict.fromkeys(("statefulset", "sts"), "StatefulSet"),
    **dict.fromkeys(("service", "svc"), "Service"),
    **dict.fromkeys(("cronjob", "cj"), "CronJob"),
    **dict.fromkeys(("job", "jobs"), "Job"),
    **dict.fromkeys(("pod", "pods"), "Pod"),
    "pvc": "PersistentVolumeClaim",
    "secret": "Secret",
    "namespace": "Namespace",
}
PLACEHOLDER = re.compile(r"[A-Z]+|pod")
"""``POD`` is whichever the reader means."""
KUBECTL = {
    "apply": "-f= --server-side --dry-run= --field-manager=",
    "apply view-last-applied": "-o=",
    "apply set-last-applied": "-f=",
    "create job": "--from= --dry-run= -o=",
    "create namespace": "",
    "delete": "-l= --all",
    "describe": "-l=",
    "exec": "-i -t -c=",
    "get": "-l= -o= --watch",
    "label": "",
    "logs": "-c= --all-containers --tail=",
    "patch": "-p=",
    "port-forward": "",
    "rollout restart": "-l=",
    "scale": "-l= --replicas=",
    "set env": "",
    "set image": "",
    "wait": "--for= --timeout=",
}
HELM = {
    "install": "--values= --set= --set-file= --wait",
    "upgrade": "--values= --set= --wait --timeout= --dry-run= --force-conflicts --server-side=",
    "template": "--values= --set= --no-hooks",
    "test": "--logs",
    "rollback": "--wait --force-conflicts",
    "uninstall": "",
    "get values": "",
}


NAMES_A_POD = frozenset({"exec", "logs", "port-forward"})
"""Verbs that take a pod, or ``kind/name``; the others take a kind and then names."""
CHART_FIRST = frozenset({"install", "upgrade", "template"})


class Refused(Exception):  # noqa: N818  it is an answer
    """What is false in a command line."""


def kubectl(page: str, words: list[str]) -> str:
    """The service whose container runs what comes after ``--``, empty where it is none of ours; raises Refused."""
    verb, given = _parsed("kubectl", KUBECTL, words)
    for file in given.f or ():
        if file != "-" and not (ROOT / file).is_file():
            raise Refused(f"there is no file {file}")
    if verb == "create job":
        given.names = getattr(given, "from")
    chosen = [item for kind, name in _named(verb, given.names) for item in _made(page, kind, name, given.l or [])]
    pods = list(pod_templates([item for item in chosen if "spec" in item]).values())
    for name in given.c or ():
        known = {item["name"] for pod in pods or pod_templates(made()).values() for item in containers(pod["spec"])}
        if name not in known:
            raise Refused(f"there is no container {name}; there are {', '.join(sorted(known))}")
    component = pods[0]["metadata"]["labels"].get("app.kubernetes.io/component", "") if pods else ""
    return str(component.partition("-")[0])


def helm(words: list[str]) -> None:
    """Raises Refused, also where the chart does not take what is set."""
    verb, given = _parsed("helm", HELM, words)
    if verb not in CHART_FIRST or len(given.names) < 2:
        return
    path = given.names[1]
    if not (ROOT / path / "Chart.yaml").is_file():
        raise Refused(f"there is no chart {path}")
    values: dict[str, Any] = LEAST if path.endswith("broadsheet") else {}
    for file in given.values or ():
        if file != "values.yaml":  # the reader's own
            values = merged(values, yaml.safe_load((ROOT / file).read_text()))
    for each in ",".join(given.set or ()).split(","):
        values = merged(values, _nested(each)) if each else values
    try:
        chart(path.removeprefix("charts/")).render(values, name=given.names[0], namespace="production")
    except (helm_python.HelmValuesError, helm_python.HelmRenderError) as error:
        raise Refused(f"the chart refuses it: {error}") from error


@cache
def made() -> list[Object]:
    """Everything that one of the scenarios or devinfra makes, with the claims that StatefulSets make."""
    found = [*(item for name in SCENARIOS for item in scenario(name)), *render({}, "devinfra")]
    for item in of_kind(found, "StatefulSet"):
        for claim in item["spec"].get("volumeClaimTemplates", []):
            name = f"{claim['metadata']['name']}-{item['metadata']['name']}-0"
            found.append({"kind": "PersistentVolumeClaim", "metadata": {"name": name}})
    return found


@cache
def _readers_own(page: str) -> list[Object]:
    """What the page has the reader make."""
    found: list[Object] = []
    for words in (words for line in lines(page) if not line.in_prose for words in line.commands()):
        if words[0] == "kubectl" and "create" in words:
            verb, given = _parsed("kubectl", KUBECTL, words[1:])
            found.append({"kind": KINDS[verb.removeprefix("create ")], "metadata": {"name": given.names[0]}})
        elif words[0] == "kubectl" and "apply" in words and words[-1].endswith(".yaml"):
            found += yaml.safe_load_all((ROOT / words[-1]).read_text())
    return found


def _named(verb: str, names: list[str]) -> Iterator[tuple[str, str]]:
    """Kind and name of what a command is about; no name means all of the kind."""
    names = [name for name in names if "=" not in name]  # labels and variables
    if not names or verb in {"apply", "create namespace"}:
        return
    if "/" in names[0]:
        yield from (tuple(name.split("/", 1)) for name in names if "/" in name)  # type: ignore[misc]
    elif verb in NAMES_A_POD:
        yield "pod", names[0]
    else:
        yield from ((names[0], name) for name in names[1:] or [""])


def _made(page: str, kind: str, name: str, selectors: list[str]) -> list[Object]:
    """The objects of that name, or that the selectors choose; raises Refused if there is none."""
    if kind not in KINDS:
        raise Refused(f"there is no kind {kind}")
    wanted = dict(label.split("=") for selector in selectors for label in selector.split(","))
    known = of_kind([*made(), *_readers_own(page)], KINDS[kind])
    if kind in {"pod", "pods"}:
        known += [
            {"kind": "Pod", "metadata": {**pod["metadata"], "name": owner}, "spec": pod["spec"]}
            for owner, pod in pod_templates(made()).items()
        ]
    found = [
        item
        for item in known
        if wanted.items() <= item["metadata"].get("labels", {}).items() and name in {"", item["metadata"].get("name")}
    ]
    if not found and not PLACEHOLDER.fullmatch(name or "-"):
        raise Refused(f"nothing makes a {KINDS[kind]} {name or wanted}")
    return found


def _nested(assignment: str) -> dict[str, Any]:
    path, _, text = assignment.partition("=")
    value: Any = yaml.safe_load(text) if text in {"true", "false"} or text.isdigit() else text
    for key in reversed(path.split(".")):
        value = {key: value}
    return dict(value)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(f"{self.prog}: {message}")


def _parsed(program: str, verbs: dict[str, str], words: list[str]) -> tuple[str, argparse.Namespace]:
    """The verb, of one word or two, and what it is given."""
    shared = _Parser(program, add_help=False, allow_abbrev=False)
    shared.add_argument("-n", "--namespace")
    words = shared.parse_known_args(words[:2])[1] + words[2:]
    verb = next((each for each in sorted(verbs, reverse=True) if words[: len(each.split())] == each.split()), "")
    if not verb:
        raise Refused(f"{program} has no verb that is known here: {' '.join(words)}")
    parser = _Parser(f"{program} {verb}", parents=[shared], add_help=False, allow_abbrev=False)
    parser.set_defaults(f=[], l=[], c=[], values=[], set=[])
    for flag in verbs[verb].split():
        if flag.endswith("="):
            parser.add_argument(flag.removesuffix("="), action="append")
        else:
            parser.add_argument(flag, action="store_true")
    parser.add_argument("names", nargs="*")
    return verb, parser.parse_intermixed_args(words[len(verb.split()) :])
