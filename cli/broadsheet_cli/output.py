"""What is told: sentences and bars to a person, one JSON document to a program (``--json``)."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from broadsheet_cli.errors import Failure

people = Console()
beside = Console(stderr=True)


def tell(data: Any, show: Callable[[], object], *, as_json: bool) -> None:
    """``data`` to a program, what ``show`` prints to a person."""
    if as_json:
        sys.stdout.write(json.dumps(data, default=str, ensure_ascii=False) + "\n")
    else:
        show()


def table(rows: list[dict[str, Any]], *columns: str) -> None:
    """Rows for people."""
    shown = Table(*(Column(name, overflow="fold") for name in columns), box=None, pad_edge=False)
    for row in rows:
        shown.add_row(*("" if row.get(column) is None else str(row[column]) for column in columns))
    people.print(shown)


def fail(error: Failure, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"error": error.told()}, ensure_ascii=False) + "\n")
    else:
        beside.print(f"[red]{error.code}[/red] ", str(error), markup=True, highlight=False)


@contextlib.contextmanager
def bar(title: str, total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar of bytes beside the output, where a person looks on."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=beside, disable=not shown or not beside.is_terminal, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda more: progress.advance(task, more)
