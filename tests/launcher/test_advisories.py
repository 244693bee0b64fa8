"""What `make lint` says of pip-audit's answers."""

import json

from tests.advisories import Report

CLEAN = {"name": "django", "version": "5.2.19", "vulns": []}
FAULTY = {
    "name": "pillow",
    "version": "9.0.0",
    "vulns": [{"id": "PYSEC-2022-10", "fix_versions": ["9.0.1"], "aliases": [], "description": "…"}],
}
SKIPPED = {"name": "urllib3", "skip_reason": "Dependency not found on PyPI and could not be audited: urllib3 (2.8.0)"}


def test_advisory_names_the_package_and_what_mends_it() -> None:
    report = Report.read(json.dumps({"dependencies": [CLEAN, FAULTY, SKIPPED], "fixes": []}))
    assert report == Report(2, ["pillow 9.0.0: PYSEC-2022-10, mended in 9.0.1"])


def test_index_that_knows_no_advisories_has_not_been_asked() -> None:
    assert Report.read(json.dumps({"dependencies": [SKIPPED], "fixes": []})) == Report(0, [])


def test_no_answer_is_nothing_asked() -> None:
    assert Report.read("") == Report(0, [])
