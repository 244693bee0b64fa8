"""The alerts of a release speak of that release, of what it runs, and lead to its runbooks."""

from typing import Any

import pytest

from tests.chart.rendering import LEAST, merged, render

ON = {"monitoring": {"prometheusRule": {"enabled": True}}}


def alerts(given: dict[str, Any], release: str = "broadsheet") -> list[dict[str, Any]]:
    objects = render(merged(merged(LEAST, ON), given), release=release)
    (rule,) = [item for item in objects if item["kind"] == "PrometheusRule"]
    return [rule for group in rule["spec"]["groups"] for rule in group["rules"] if "alert" in rule]


def missing(given: dict[str, Any]) -> set[str]:
    """The components that somebody is told of when they are not there."""
    return {rule["labels"]["component"] for rule in alerts(given) if "component" in rule["labels"]}


def test_a_component_that_is_switched_off_is_missed_by_nobody() -> None:
    off = {"components": {"auth-beat": {"enabled": False}, "blog-consumer": {"enabled": False}}}
    assert missing({}) - missing(off) == {"auth-beat", "blog-consumer"}


def test_what_is_missed_is_missed_in_this_namespace() -> None:
    asked = [rule["expr"] for rule in alerts({}) if "component" in rule["labels"]]
    assert asked
    assert all('{namespace="production",job=~' in expression for expression in asked)


def test_backups_are_missed_where_they_are_made() -> None:
    made = {"backup": {"enabled": True, "existingClaim": "backups"}}
    assert missing(made) - missing({}) == {"backup"}


@pytest.mark.parametrize("published", ["https://wiki.example/runbooks", "https://wiki.example/runbooks/"])
def test_runbooks_are_where_the_value_says(published: str) -> None:
    given = {"monitoring": {"prometheusRule": {"runbookUrl": published}}}
    found = {rule["annotations"]["runbook_url"] for rule in alerts(given)}
    assert found == {f"https://wiki.example/runbooks/{rule['alert']}.md" for rule in alerts(given)}


def test_backups_are_those_of_this_release_and_as_old_as_its_values_allow() -> None:
    backup = {"enabled": True, "existingClaim": "backups", "oldAfterHours": 200, "activeDeadlineSeconds": 14400}
    rules = {rule["alert"]: rule for rule in alerts({"backup": backup}, release="news")}
    assert rules["BackupFailed"]["for"] == "255m"
    assert rules["BackupOld"]["expr"].endswith("> 200 * 3600")
    assert 'cronjob="news-broadsheet-backup"' in rules["BackupOld"]["expr"]
    (job,) = [item for item in render(merged(LEAST, {"backup": backup}), release="news") if item["kind"] == "CronJob"]
    assert job["metadata"]["name"] == "news-broadsheet-backup"
