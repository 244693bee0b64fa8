"""What the chart derives is as fresh as what it derives from."""

from pathlib import Path

import pytest

from charts import generate

DOCUMENTS = dict(generate.documents())


@pytest.mark.parametrize("path", sorted(DOCUMENTS), ids=lambda path: path.name)
def test_generated_file_is_fresh(path: Path) -> None:
    assert path.read_text() == DOCUMENTS[path], "run `make chart`, then read what changed"


def test_the_chart_ships_files_and_no_others_than_these() -> None:
    """Helm says a line of every link, and would go on to ship what is left of a file that is gone."""
    found = [path for path in generate.CHART.rglob("*") if not path.is_dir() or path.is_symlink()]
    assert [path for path in found if path.is_symlink()] == []
    assert {path for path in found if generate.CHART / "ops" in path.parents} == dict(generate.shipped()).keys()


def test_every_default_value_is_explained() -> None:
    explained = {path for path, _, _ in generate.documented_values()}
    for path in generate.leaves():
        assert any(path == name or path.startswith(f"{name}.") for name in explained), f"{path} has no `# --` line"
