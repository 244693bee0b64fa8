"""What is told: sentences and bars to a person, one JSON document to a program (``--json``)."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

from broadsheet_cli.errors import Failure

# What is printed is mostly somebody else's: their brackets are brackets, and no styles or links.
# A sentence is a line: what folds it is the terminal, which copies it whole.
people = Console(markup=False, emoji=False, soft_wrap=True)
beside = Console(stderr=True, markup=False, emoji=False, soft_wrap=True)

_TYPED_AGAIN = {"id", "post_id", "slug"}
_TIMES = {"since", "updated_at"}
_UNBROKEN = 100_000  # columns

_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {ord("\n"), ord("\t")}, "\N{REPLACEMENT CHARACTER}")


def tell(data: Any, show: Callable[[], object], *, as_json: bool) -> None:
    """``data`` to a program, what ``show`` prints to a person."""
    if as_json:
        sys.stdout.write(json.dumps(data, default=str, ensure_ascii=False) + "\n")
    else:
        show()


def table(rows: list[dict[str, Any]], *columns: str) -> None:
    """Rows for people, as they were written: nothing in them reaches the terminal as a command of it.

    What is typed again is never broken, and in a pipe nothing is. Times are the minutes of this machine's zone.
    """
    named = [Column(name, no_wrap=name in _TYPED_AGAIN | _TIMES, overflow="fold") for name in columns]
    shown = Table(*named, box=None, pad_edge=False)
    for row in rows:
        cells = ("" if row.get(column) is None else _cell(column, str(row[column])) for column in columns)
        shown.add_row(*(_plain(" ".join(cell.split())) for cell in cells))
    console = people if people.is_terminal else Console(markup=False, emoji=False, width=_UNBROKEN)
    console.print(shown, soft_wrap=False)


def minutes(moment: datetime) -> str:
    """In this machine's zone."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M %Z}"


def _cell(column: str, said: str) -> str:
    return minutes(datetime.fromisoformat(said)) if column in _TIMES else said


def complain(of: str, why: str) -> None:
    """Beside the output: of what in red, and why."""
    beside.print(Text(_plain(of), style="red"), _plain(why), highlight=False)


def fail(error: Failure, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"error": error.told()}, ensure_ascii=False) + "\n")
    else:
        complain(error.code, str(error))


@contextlib.contextmanager
def bar(title: str, total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar of bytes beside the output, where a person looks on."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=beside, disable=not shown or not beside.is_terminal, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda more: progress.advance(task, more)


def _plain(text: str) -> str:
    return text.translate(_CONTROLS)
