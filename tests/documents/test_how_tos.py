"""What a how-to says is enough, and each step of it that is forgotten is named."""

import shutil
from collections.abc import Iterator

import pytest

from tests.documents import how_tos, readmes
from tests.documents.how_tos import Copy, Step
from tests.registries import events, handlers, routes
from tests.registries import problems as codes

STARTED = """
import json, pathlib
from blog_service.commands import shared
shared.set_up()
from chassis.access import table
from chassis.django.testing import operations
from drf_spectacular.generators import SchemaGenerator
served = operations("/admin/", "/internal/", "/livez", "/metrics", "/readyz")
for method, path in sorted(served ^ set(table().of("blog"))):
    print(f"services/blog/tests/test_access.py: {method} {path} is in one of code and table")
code = set(SchemaGenerator().get_schema(request=None, public=True)["paths"])
contract = set(json.loads(pathlib.Path("contracts/openapi/blog.json").read_text())["paths"])
for path in sorted(code ^ contract):
    print(f"services/blog/tests/test_openapi.py: {path} is in one of code and contract")
"""
"""What those two tests assert, in a process that has blog's code as it is in the copy."""


STEPS = [*how_tos.steps("docs/how-to/add-an-event.md"), *how_tos.steps("docs/how-to/add-an-endpoint.md")]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A copy with all steps done."""
    copy = how_tos.copied(tmp_path_factory.mktemp("copy"))
    for step in STEPS:
        copy.do(step)
    yield copy
    shutil.rmtree(copy.root)


def problems(copy: Copy, *, starting_blog: bool) -> list[str]:
    """What `make lint` and the tests that the pages name find; starting blog takes longer than all else."""
    found = [
        problem for registry in (events, handlers, codes, routes, readmes) for problem in registry.problems(copy.root)
    ]
    if starting_blog:
        answer = copy.python("-c", STARTED)
        found += [*answer.stdout.splitlines(), *answer.stderr.splitlines()[-1:]]
    return found


def test_nothing_is_missing_after_all_steps(walked: Copy) -> None:
    assert problems(walked, starting_blog=True) == []


@pytest.mark.parametrize("service", ["blog", "media"])
def test_what_was_added_works(walked: Copy, service: str) -> None:
    added = {file for changes in walked.changes.values() for file, before, _ in changes if not before}
    suites = [str(file) for file in added if file.match(f"services/{service}/tests/test_*.py")]
    answer = walked.python("-m", "pytest", "-q", "-p", "no:cacheprovider", *suites)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_forgotten_step_is_named_as_its_page_says(walked: Copy, step: Step) -> None:
    walked.forget(step.key)
    try:
        found = problems(walked, starting_blog=step.needs_a_start)
    finally:
        walked.remember(step.key)
    for said in step.forgotten:
        assert any(said in problem for problem in found), (said, found)
    assert bool(found) == bool(step.forgotten), found
