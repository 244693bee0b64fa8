"""`make alert-proof` can be trusted: it knows every alert, scales what is a time, and reads runbooks as people do."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.alerts import page, runbooks
from tests.alerts import proof as proving
from tests.alerts.faults import ALWAYS, FAULTS, UNPROVED
from tests.alerts.proof import Proof, ProofError
from tests.alerts.scaling import THRESHOLDS, scaled, seconds
from tests.support.programs import program

RULES = sorted((Path(__file__).parents[2] / "ops/rules").glob("*.yaml"))


def test_every_alert_has_a_fault_or_a_reason() -> None:
    assert page.uncovered() == set()


def test_faults_name_alerts_there_are() -> None:
    named = {alert for fault in FAULTS for alert in (*fault.proves, *fault.also)} | {*UNPROVED, *THRESHOLDS}
    assert named <= page.alerts().keys()


def test_an_alert_is_proved_by_one_fault() -> None:
    proved = [alert for fault in FAULTS for alert in fault.proves]
    assert len(proved) == len(set(proved))


def test_what_is_said_of_the_last_proof_is_what_was_kept() -> None:
    assert page.known().keys() <= page.alerts().keys()
    assert page.PAGE.read_text() == page.page()
    for name, text in page.runbook_pages().items():
        assert (runbooks.FOLDER / f"{name}.md").read_text() == text


class Firing:
    """Of a stage, what fires on it."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def alerts(self, *_states: str) -> set[tuple[str, str]]:
        return {(name, "") for name in self._names}


def test_a_fault_begins_where_nothing_fires_but_what_always_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "QUIET_SECONDS", 0)

    def begin(*firing: str) -> None:
        stage: Any = Firing(*firing)
        Proof(stage, FAULTS[0])._await_quiet()

    begin(ALWAYS)
    for unquiet in ((), (ALWAYS, "RelayAbsent"), tuple(UNPROVED)):
        with pytest.raises(ProofError, match="there is no quiet"):
            begin(*unquiet)


RULE = """\
groups:
- name: example
  rules:
  - record: late:ratio_rate1h
    expr: rate(late_total[1h]) / rate(all_total{le="1.0"}[1h])
  - alert: OutboxLags
    expr: max(outbox_oldest_age_seconds) > 60 and max_over_time(x[1m]) > 0
    for: 5m
  - alert: BackupFailed
    expr: x > 60
    for: 2h15m
"""


def test_the_longest_unproved_comes_first() -> None:
    old, new, never = FAULTS[:3]
    dates = {old.proves[0]: {"date": "2026-01-01"}, new.proves[0]: {"date": "2026-02-01"}}
    assert page.longest_unproved_first([new, old, never], dates) == [never, old, new]


def test_windows_and_patience_are_scaled_within_bounds() -> None:
    rules = yaml.safe_load(scaled(RULE))["groups"][0]["rules"]
    assert rules == [
        {"record": "late:ratio_rate1h", "expr": 'rate(late_total[180s]) / rate(all_total{le="2.5"}[180s])'},
        {
            "alert": "OutboxLags",
            "expr": "max(outbox_oldest_age_seconds) > 10 and max_over_time(x[6s]) > 0",
            "for": "15s",
        },
        {"alert": "BackupFailed", "expr": "x > 60", "for": "30s"},
    ]


def test_a_threshold_that_was_changed_is_not_scaled_in_silence() -> None:
    with pytest.raises(ValueError, match="OutboxLags does not ask for > 60 any more"):
        scaled(RULE.replace("> 60 and", "> 90 and"))


def test_compound_durations_are_read() -> None:
    assert [seconds(each) for each in ("30s", "15m", "2h15m", "1d")] == [30, 900, 8100, 86400]


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.stem)
def test_scaled_rules_are_taken_by_prometheus(file: Path, tmp_path: Path) -> None:
    (tmp_path / file.name).write_text(scaled(file.read_text()))
    command = [program("promtool", "prometheus"), "check", "rules", str(tmp_path / file.name)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert not re.search(r"\[\d+[mhd]\]|for: \d+[mhd]", scaled(file.read_text()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kubectl -n broadsheet get pods -l app.kubernetes.io/component=auth-relay", "make status"),
        ("kubectl -n broadsheet logs deploy/broadsheet-auth-relay --tail=100", "make logs S=auth-messenger"),
        ("kubectl -n broadsheet logs deploy/broadsheet-gateway --tail=9 | grep refused", "make logs S=gateway"),
        ("kubectl -n broadsheet logs POD", "make logs"),
        (
            "kubectl -n broadsheet exec deploy/broadsheet-auth-worker -- broadsheet events lag",
            "broadsheet auth events lag",
        ),
        ("kubectl -n broadsheet exec deploy/broadsheet-media-worker -- find /tmp -size +9k", "find /tmp -size +9k"),
        ("kubectl -n broadsheet scale deployment broadsheet-blog-web --replicas=2", "make restart S=blog-web"),
        ("kubectl -n broadsheet rollout restart deployment/broadsheet-blog-beat", "make restart S=blog-beat"),
        ("kubectl -n broadsheet scale deployment broadsheet-blog-web --replicas=3", ""),
        ("kubectl -n broadsheet get cronjob broadsheet-backup", ""),
        ("kubectl -n broadsheet wait --for=condition=complete job/backup-now --timeout=60m", ""),
        ("helm -n broadsheet rollback broadsheet", ""),
        ("broadsheet media reconcile --repair", "broadsheet media reconcile --repair"),
    ],
)
def test_a_runbook_s_command_is_said_as_one_machine_has_it(text: str, words: str) -> None:
    assert " ".join(runbooks.local(text).words) == words


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("broadsheet media reconcile", True),
        ("kubectl exec deploy/broadsheet-blog-consumer -- broadsheet events audit", True),
        ("kubectl exec deploy/broadsheet-blog-consumer -- broadsheet events lag", False),
    ],
)
def test_what_tells_by_its_exit_code_may_find_something(text: str, tells: bool) -> None:
    assert runbooks.local(text).tells is tells


def test_commands_and_queries_of_a_section_are_found_in_order() -> None:
    section = "Look:\n\n    make status\n    helm x\n\n```promql\nup\nsum(up)\n```\n\n- `kubectl` in prose is none\n"
    assert [command.text for command in runbooks.commands(section)] == ["make status", "helm x"]
    assert runbooks.queries(section) == ["up", "sum(up)"]
