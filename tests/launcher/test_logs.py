"""`make logs`: what many processes write, as one person reads it."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from launcher import LauncherError
from launcher.logs import Wanted, show


def line(second: int, event: str, level: str = "info", **fields: object) -> str:
    """As a process writes it."""
    at = f"2026-01-01T10:00:{second:02}.000Z"
    identity = {"ts": at, "level": level, "service": "blog", "version": "dev", "env": "development", "process": "web"}
    return json.dumps(identity | fields | {"event": event}) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "blog-web.log.1").write_text(line(0, "long ago", request_id="req-1"))
    (tmp_path / "blog-web.log").write_text(
        line(1, "request", request_id="req-1", route="/api/v1/posts") + line(4, "failed", "error", exception="Oh\nno")
    )
    (tmp_path / "auth-web.log").write_text(line(2, "request", request_id="req-2") + line(3, "slow", "warning"))
    (tmp_path / "postgres.log").write_text("LOG:  ready to accept connections\n")
    return tmp_path


def shown(folder: Path, *words: str, lines: int) -> list[str]:
    return list(islice(show(folder, Wanted.read(list(words)), coloured=False), lines))


def test_lines_of_all_processes_come_in_the_order_of_time(folder: Path) -> None:
    assert shown(folder, lines=6) == [
        "             INFO     postgres        LOG:  ready to accept connections",
        "10:00:00.000 INFO     blog-web        long ago  request_id=req-1",
        "10:00:01.000 INFO     blog-web        request  request_id=req-1  route=/api/v1/posts",
        "10:00:02.000 INFO     auth-web        request  request_id=req-2",
        "10:00:03.000 WARNING  auth-web        slow",
        "10:00:04.000 ERROR    blog-web        failed\n    Oh\n    no",
    ]


def test_of_a_request_all_is_shown_that_is_kept_and_nothing_else(folder: Path) -> None:
    found = list(show(folder, Wanted.read(["ID=req-1"]), coloured=False))
    assert [text.split()[3] for text in found] == ["long", "request"]


def test_level_leaves_out_what_is_below_it(folder: Path) -> None:
    assert [text.split()[1] for text in shown(folder, "LEVEL=WARNING", lines=2)] == ["WARNING", "ERROR"]


def test_a_service_and_a_process_are_chosen_by_the_beginning_of_the_name(folder: Path) -> None:
    assert {text.split()[2] for text in shown(folder, "S=blog", lines=3)} == {"blog-web"}
    assert {text.split()[2] for text in shown(folder, "auth-web", lines=2)} == {"auth-web"}


def test_what_is_written_meanwhile_follows_also_into_a_new_file(folder: Path) -> None:
    following: Iterator[str] = show(folder, Wanted.read(["S=auth"]), coloured=False)
    assert len(list(islice(following, 2))) == 2
    log = folder / "auth-web.log"
    with log.open("a") as written:
        written.write(line(5, "before"))
        written.write(line(6, "torn")[:20])
    assert "before" in next(following)
    with log.open("a") as written:
        written.write(line(6, "torn")[20:])
    assert "torn" in next(following)
    log.rename(folder / "auth-web.log.1")
    log.write_text(line(7, "anew"))
    assert "anew" in next(following)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(["S=billing"], "There is no log of that name"), (["LEVEL=loud"], "LEVEL=loud is unknown; use debug, info")],
)
def test_what_there_is_not_is_one_sentence(folder: Path, words: list[str], sentence: str) -> None:
    with pytest.raises(LauncherError, match=sentence):
        next(show(folder, Wanted.read(words), coloured=False))
