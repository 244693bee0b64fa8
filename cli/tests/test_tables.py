"""Lists, as people and pipes get them."""

import time

import pytest
from broadsheet_cli.output import beside, complain, people, table

ID = "01a2319c-7024-7629-97a5-0123456789ab"
ROWS = [{"id": ID, "post_id": ID, "title": "A title of\nmany words " * 5}]


def test_what_is_typed_again_is_never_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "_force_terminal", True)
    monkeypatch.setattr(people, "_width", 90)
    table(ROWS, "id", "post_id", "title")
    assert capsys.readouterr().out.count(ID) == 2


def test_in_a_pipe_a_row_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    table(ROWS, "id", "title")
    _, row = capsys.readouterr().out.splitlines()
    assert row.split() == [ID, *("A title of many words " * 5).split()]


def test_in_a_pipe_a_sentence_is_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_width", 40)
    monkeypatch.setattr(beside, "_width", 40)
    people.print(f"{ID} https://news.example/m/{ID}/1/large")
    complain(ID, f"{ID} is another's.")
    told = capsys.readouterr()
    assert (told.out, told.err) == (f"{ID} https://news.example/m/{ID}/1/large\n", f"{ID} {ID} is another's.\n")


def test_times_are_short(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    table([{"slug": "a", "updated_at": "2026-12-24T18:00:59.123456Z"}], "slug", "updated_at")
    monkeypatch.undo()
    time.tzset()
    assert "a     2026-12-24 23:30 IST" in capsys.readouterr().out
