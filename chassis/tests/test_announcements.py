"""What commands say that end: for people in a terminal, in the shape of all logs elsewhere."""

import io
import json
import sys
from typing import Any

import pytest
from chassis.announcements import announce, announced
from chassis.settings import ServiceSettings

from chassis import logging


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nobody_at_a_terminal_gets_a_line_in_the_shape_of_the_log(
    press_settings: ServiceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    announce("press", "migrate", "The database has “all” its migrations.")
    said = json.loads(capsys.readouterr().out)
    assert said["event"] == "The database has “all” its migrations."
    assert said == logged(press_settings) | {"ts": said["ts"], "event": said["event"]}


def logged(settings: ServiceSettings) -> dict[str, Any]:
    """A line of the log itself."""
    stream = io.StringIO()
    logging.configure(settings, "migrate", stream)
    logging.get_logger().info("said")
    logging.configure(settings, "tests", io.StringIO())
    line: dict[str, Any] = json.loads(stream.getvalue())
    return line


def test_somebody_at_a_terminal_gets_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    announce("press", "migrate", "Done.")
    with announced("press", "migrate"):
        sys.stdout.write("  Applying … OK\n")
    assert terminal.getvalue() == "Done.\n  Applying … OK\n"


def test_what_a_framework_prints_is_a_line_of_the_log_each(capsys: pytest.CaptureFixture[str]) -> None:
    with announced("press", "migrate"):
        sys.stdout.write("Running migrations:\n  Applying press.0001_initial...")
        sys.stdout.write(" OK\n\n")
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in said] == ["Running migrations:", "Applying press.0001_initial... OK"]
    assert {line["process"] for line in said} == {"migrate"}
