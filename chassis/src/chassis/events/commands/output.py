"""What the ``events`` command prints: tables for people, JSON for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

from chassis import clock

Row = Mapping[str, object]


class Output:
    """Prints rows with equal keys, or sentences."""

    def __init__(self, *, as_json: bool, stream: TextIO | None = None) -> None:
        self.as_json = as_json
        self._stream = stream or sys.stdout

    def table(self, rows: Sequence[Row], empty: str) -> None:
        """A line per row below their keys; ``empty`` is said when there are none."""
        if self.as_json:
            self.document(rows)
        elif not rows:
            self._print(empty)
        else:
            lines = [_headings(rows[0]), *([_in_one_line(value) for value in row.values()] for row in rows)]
            widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
            for line in lines:
                cells = zip(line, widths, strict=True)
                self._print("  ".join(cell.ljust(width) for cell, width in cells).rstrip())

    def line(self, row: Row) -> None:
        """One row of a stream, at once."""
        self._print(_json(row) if self.as_json else "  ".join(_cell(value) for value in row.values()))
        self._stream.flush()

    def say(self, sentence: str, **facts: object) -> None:
        """A sentence, or as JSON the facts in it."""
        self._print(_json(facts) if self.as_json else sentence)

    def document(self, content: object) -> None:
        """Nested content, as JSON also for people."""
        self._print(_json(content, indent=2))

    def _print(self, text: str) -> None:
        print(text, file=self._stream)


def _headings(row: Row) -> list[str]:
    return [name.replace("_", " ").upper() for name in row]


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return clock.format_timestamp(value) if isinstance(value, datetime) else str(value)


def _in_one_line(value: object) -> str:
    return " ".join(_cell(value).split("\n"))


def _json(content: Any, indent: int | None = None) -> str:
    return json.dumps(content, default=_cell, ensure_ascii=False, indent=indent)
