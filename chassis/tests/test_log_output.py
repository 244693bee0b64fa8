"""A log that cannot be written changes no answer and ends no process; what it costs is counted and told."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

ECHO = """
import sys
from chassis import logging, process
from chassis.metrics import counter
from chassis.settings import ServiceSettings

class PressSettings(ServiceSettings):
    service = "press"

process.begin(PressSettings(), "worker")
log = logging.get_logger()
for line in sys.stdin:
    log.info(line.strip(), padding="x" * int(sys.argv[1]))
    print("printed")
    print(int(counter("log_lines_lost_total")._value.get()), file=sys.stderr, flush=True)
"""


@dataclass
class Logging:
    """A process that logs each line it is given, prints one, and tells on standard error how many lines were lost."""

    process: subprocess.Popen[str]

    def log(self, line: str) -> int:
        assert self.process.stdin
        assert self.process.stderr
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return int(self.process.stderr.readline())

    def end(self) -> int:
        self.process.communicate(timeout=30)
        return self.process.returncode


def start(stdout: IO[str] | int, *, padding: int = 0, most_bytes: int | None = None) -> Logging:
    def limit() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    command = [sys.executable, "-c", ECHO, str(padding)]
    pipe = subprocess.PIPE
    return Logging(
        subprocess.Popen(command, stdin=pipe, stdout=stdout, stderr=pipe, text=True, preexec_fn=limit)  # noqa: PLW1509
    )


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)


def test_full_disk_costs_lines_and_no_exit_code() -> None:
    with Path("/dev/full").open("w") as full:
        process = start(full)
        assert [process.log("one"), process.log("two")] == [2, 4]
        assert process.end() == 0


def test_reader_that_is_gone_costs_lines_and_no_exit_code() -> None:
    reader, writer = os.pipe()
    process = start(writer)
    os.close(writer)
    assert process.log("read") == 0
    os.close(reader)
    assert process.log("unread") == 2
    assert process.end() == 0


def test_lost_lines_are_told_when_there_is_room_again(tmp_path: Path) -> None:
    file = tmp_path / "log"
    with file.open("a") as output:
        process = start(output, padding=400, most_bytes=1000)
        lost = [process.log(word) for word in ("first", "second", "third")][-1]
        written = file.read_text()
        assert "first" in written
        os.truncate(file, 0)
        assert process.log("fourth") == lost
        assert process.end() == 0
    begun, *lines = file.read_text().splitlines()
    assert begun == ""  # ends the line that broke off
    notice, fourth = (json.loads(line) for line in lines[:2])
    assert (notice["event"], notice["lines"], notice["level"]) == (
        f"{lost} lines could not be written",
        lost,
        "warning",
    )
    assert notice.keys() - {"lines"} == fourth.keys() - {"padding"}
    assert (fourth["event"], lines[2:]) == ("fourth", ["printed"])


def test_reader_that_stopped_reading_holds_nobody_up(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    process = start(writer, padding=9000)
    os.close(writer)
    while not (lost := process.log("unread")):
        pass
    read = b""
    while b"unread" not in read:  # it reads again
        read += os.read(reader, 1 << 16)
    assert process.log("again") == lost
    read = os.read(reader, 1 << 20)
    assert f'"event": "{lost} lines could not be written"'.encode() in read
    assert b'"event": "again"' in read
    assert process.end() == 0


def test_output_that_was_closed_before_the_start_is_no_output() -> None:
    command = [sys.executable, "-c", ECHO, "0"]
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *command], input="line\n", capture_output=True, text=True, check=True
    )
    assert done.stderr == "0\n"


def test_text_that_is_no_unicode_is_written_all_the_same(tmp_path: Path) -> None:
    program = "from chassis import log_output; log_output.unfailing(); print('\\udcff')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\\udcff\n"
