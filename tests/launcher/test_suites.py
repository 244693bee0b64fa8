"""A test that fails by chance is tried once more and named; one that fails is a failure."""

from pathlib import Path

import pytest

from tests.support import jobs

BY_CHANCE = """
from pathlib import Path

def test_well():
    pass

def test_by_chance():
    seen = Path(__file__).with_name("seen")
    first = not seen.exists()
    seen.touch()
    assert not first
"""
FAILING = "\ndef test_{}():\n    assert 1 == 2\n"


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> jobs.Result:
    monkeypatch.setattr(jobs, "REPORTS", folder / "reports")
    test_file = folder / "test_words.py"
    test_file.write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    job = jobs.suite("words", str(test_file), f"--rootdir={folder}", f"--config-file={folder}/pytest.ini")
    [result] = jobs.run_all([job], lambda _name: {})
    return result


def test_one_that_passes_when_tried_again_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(tmp_path, monkeypatch, BY_CHANCE)
    assert (result.exit_code, result.counts["passed"], result.counts["failed"]) == (0, 2, 0)
    assert [name.rpartition("::")[2] for name in result.unsteady] == ["test_by_chance"]
    assert "1 failed, 1 passed" in result.output


def test_one_that_fails_again_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(tmp_path, monkeypatch, BY_CHANCE + FAILING.format("never"))
    assert (result.exit_code, result.counts["failed"], result.unsteady) == (1, 2, [])


def test_many_are_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(tmp_path, monkeypatch, BY_CHANCE + "".join(FAILING.format(number) for number in range(3)))
    assert (result.exit_code, result.counts["failed"]) == (1, 4)
    assert "Tried again" not in result.output


def test_what_cannot_begin_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(tmp_path, monkeypatch, "import no_such_module\n")
    assert (result.exit_code, result.counts["failed"]) == (2, 1)
