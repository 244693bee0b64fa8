import json
from pathlib import Path

import httpx
import pytest
from gateway_service.refusals import REASONS


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_page(stranger: httpx.Client, code: str) -> None:
    page = stranger.get(f"/problems/{code}", headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert code in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert stranger.get(f"/problems/{code}", headers={"Accept": "application/json"}).json()["code"] == code


def test_type_of_a_problem_leads_to_its_page(stranger: httpx.Client) -> None:
    told = stranger.get("/nothing").json()
    assert stranger.get(told["type"]).status_code == 200


def test_page_is_for_reading_only(stranger: httpx.Client) -> None:
    assert stranger.post("/problems/route_unknown").status_code == 404
    assert stranger.head("/problems/route_unknown").content == b""


def test_readme_lists_every_reason() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    listed = {line.split("`")[1]: line for line in readme.splitlines() if line.startswith("| `")}
    for reason in REASONS.values():
        assert f"| {reason.status} |" in listed[reason.code]
        assert reason.title in listed[reason.code]


def test_catalogue_is_plain_text() -> None:
    assert json.dumps([reason.meaning + reason.remedy for reason in REASONS.values()]).isascii()
