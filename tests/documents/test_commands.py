"""Every command line in a page is one that its program takes, about things that there are."""

import re
import textwrap

import pytest
import yaml

from tests.chart.rendering import LEAST, merged, render
from tests.documents.cluster import Refused
from tests.documents.pages import MARKDOWN, PAGES, Line, lines
from tests.documents.programs import ANOTHER, OURS, refuse_false

SHOWN_TO_BE_REFUSED = ("(exit code 2)", "Error: ")


@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_is_taken(page: str) -> None:
    false = [f"{line.text}\n    {reason}" for line in lines(page) for reason in _refusals(page, line)]
    assert not false, "\n".join([page, *false])


@pytest.mark.parametrize(
    "false",
    [
        "make rollout",
        "make up SPEED=2",
        "brodsheet blog web",
        "broadsheet shop web",
        "broadsheet gateway relay",
        "broadsheet blog events dead redrive",
        "broadsheet blog events lag --yaml",
        "broadsheet auth manage rotate_key",
        "broadsheet auth manage rotate_keys --withdraw KID",
        "broadsheet blog migrate --within soon",
        "broadsheet gateway explain GET",
        "pytest services/shop",
        "docker run --rm registry.example/broadsheet/shop:1.0.0 migrate",
        "kubectl exec deploy/broadsheet-auth -- broadsheet auth manage rotate_keys",
        "kubectl exec deploy/broadsheet-gateway -- broadsheet events lag",
        "kubectl exec deploy/broadsheet-auth-web -c server -- ls",
        "kubectl get pods -l app.kubernetes.io/component=auth",
        "kubectl get secret broadsheet-postgresql",
        "kubectl scale deployment broadsheet-gateway --pods=2",
        "helm upgrade broadsheet charts/broadsheet --set components.blog-web.replicaCount=2",
        "helm install broadsheet charts/broadshet",
    ],
)
def test_false_line_is_refused(false: str) -> None:
    assert _refusals("README.md", Line(false))


def test_line_is_read_as_a_shell_reads_it() -> None:
    line = Line("key=$(kubectl get secret a -o jsonpath='{.b}') && A=1 .venv/bin/pytest x > file | sed 's/;/,/'")
    assert [words[0] for words in line.commands()] == ["kubectl", "pytest", "sed"]


@pytest.mark.parametrize("page", [page for page in MARKDOWN if page.startswith("docs/how-to/")])
def test_values_that_are_shown_are_taken_by_the_chart(page: str) -> None:
    for block in re.findall(r"```yaml\n(.*?)```", MARKDOWN[page], re.DOTALL):
        render(merged(LEAST, yaml.safe_load(textwrap.dedent(block))))


def _refusals(page: str, line: Line) -> list[str]:
    """Why a line is false, one sentence at most; one that is shown with its refusal should be."""
    if line.in_prose and line.text.removeprefix(".venv/bin/").split(" ")[0] not in OURS:
        return []  # a name, a path, a piece of code
    try:
        for words in line.commands():
            if not line.in_prose or (words[0] in OURS and len(words) > 1):  # prose says `web | worker`, and `make`
                refuse_false(page, words, service="blog" if line.in_prose else "")
    except Refused as reason:
        unfinished = (line.in_prose or line.text.endswith(ANOTHER)) and "are required" in str(reason)
        refused = any(said in line.shown for said in SHOWN_TO_BE_REFUSED)
        return [] if unfinished or refused else [str(reason)]
    return []
