"""The `broadsheet` program."""

import subprocess
import sys
from pathlib import Path

import pytest
from chassis.log_output import WAIT_SECONDS
from chassis.run import main

COMMANDS = """
from chassis.settings import SettingsError
def greet(arguments): print("hello", *arguments)
def fail(arguments): raise SettingsError("PRESS_PORT: must be a number.")
COMMANDS = {"greet": greet, "fail": fail, "openapi": greet, "events": lambda arguments: greet(["x" * 200_000])}
"""


@pytest.fixture(autouse=True)
def press_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "press_service"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "commands.py").write_text(COMMANDS)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("press_service")]:
        monkeypatch.delitem(sys.modules, name)


def test_runs_the_command_of_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["press", "greet", "alice"]) == 0
    assert capsys.readouterr().out == "hello alice\n"


def test_service_may_come_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE", "press")
    assert main(["greet", "bob"]) == 0
    assert capsys.readouterr().out == "hello bob\n"


def test_settings_error_is_one_sentence_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["press", "fail"]) == 2
    assert capsys.readouterr().err == "PRESS_PORT: must be a number.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Say which service"),
        (["nobody", "web"], "Say which service"),
        (["press"], "Say which command of press; there are: events, fail, greet, openapi."),
        (["press", "dance"], "'dance' is not a command of press; there are: events, fail, greet, openapi."),
    ],
)
def test_wrong_words_say_what_there_is(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert sentence in capsys.readouterr().err


def test_program_is_a_module_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chassis.run", "press", "greet"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "hello\n"


@pytest.mark.parametrize(("command", "exit_code"), [("greet", 0), ("openapi", 1)])
def test_only_an_answer_must_be_written(tmp_path: Path, command: str, exit_code: int) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "chassis.run", "press", command],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == exit_code
    assert done.stderr == "Standard output could not be written: the answer is not whole.\n" * exit_code


def test_an_answer_waits_for_its_reader(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "chassis.run", "press", "events"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as process:
        assert process.stdout
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(4 * WAIT_SECONDS)
        assert len(process.stdout.read()) > 200_000
    assert process.returncode == 0
