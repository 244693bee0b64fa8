"""`push` and `pull`."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from broadsheet_cli.context import Context, context_of, failures_told
from broadsheet_cli.documents import Document
from broadsheet_cli.output import bar, complain, people
from broadsheet_cli.pulling import Pull
from broadsheet_cli.pushing import PICTURES_AT_A_TIME, Outcome, Push

Folder = Annotated[
    Path,
    typer.Argument(exists=True, file_okay=False, help="Markdown files with front matter, and pictures beside them"),
]


def push(
    typed: typer.Context,
    folder: Folder = Path(),
    *,
    force: Annotated[bool, typer.Option(help="write over what was changed on the server")] = False,
    dry_run: Annotated[bool, typer.Option(help="only say what would be done")] = False,
    at_a_time: Annotated[
        int,
        typer.Option(min=1, max=PICTURES_AT_A_TIME, help="pictures side by side; fewer leave the line to others"),
    ] = PICTURES_AT_A_TIME,
) -> None:
    """Send what changed in a folder: posts, and the pictures they show."""
    context = context_of(typed)
    with failures_told(context):
        pushing = Push(context.api, folder, force=force, at_a_time=at_a_time)
        plan = list(pushing.plan())
        if dry_run:
            outcomes = [
                Outcome(name, todo, why=None if isinstance(found, Document) else found) for name, found, todo in plan
            ]
        else:
            total = sum(_bytes(found) for _, found, todo in plan if todo != "same" and isinstance(found, Document))
            with bar("Pictures", total, shown=not context.as_json) as advance:
                outcomes = _followed(context, pushing.run(plan, advance))
    _finish(context, outcomes, "What was sent is kept.")


def pull(
    typed: typer.Context,
    folder: Annotated[Path, typer.Argument(file_okay=False, help="where to; it is made if it is not there")] = Path(),
    *,
    force: Annotated[bool, typer.Option(help="write over what was changed here")] = False,
) -> None:
    """Fetch one's own posts into a folder, with their pictures."""
    context = context_of(typed)
    with failures_told(context):
        folder.mkdir(parents=True, exist_ok=True)
        outcomes = _followed(context, Pull(context.api, folder, force=force).run())
    _finish(context, outcomes)


def _bytes(document: Document) -> int:
    return sum(shown.file.stat().st_size for shown in document.pictures.values())


def _followed(context: Context, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """All of them, each told as it comes; what ended all of it is said once."""
    seen: list[Outcome] = []
    ended = set()
    for outcome in outcomes:
        seen.append(outcome)
        if outcome.why and not context.as_json:
            if str(outcome.why) not in ended:
                complain(outcome.name, f"{outcome.why.code}: {outcome.why}")
            if outcome.why.ends_all:
                ended.add(str(outcome.why))
        elif outcome.done != "same" and not context.as_json:
            people.print(f"{outcome.name} {outcome.done}{_brought_to(outcome)}", highlight=False)
            for picture in outcome.not_taken:
                complain(outcome.name, f"{picture} is named in HTML and was not sent: write it as ![…]({picture}).")
    return seen


def _brought_to(outcome: Outcome) -> str:
    return f", {'taken back to draft' if outcome.status == 'draft' else outcome.status}" if outcome.status else ""


def _finish(context: Context, outcomes: list[Outcome], way_on: str = "") -> None:
    counts = Counter(outcome.done for outcome in outcomes)
    told = {"counts": dict(counts), "files": [outcome.told() for outcome in outcomes]}
    context.tell(
        told,
        lambda: people.print(", ".join(f"{count} {done}" for done, count in sorted(counts.items())) or "nothing to do"),
    )
    failed = [outcome.why.exit_code for outcome in outcomes if outcome.why]
    if failed:
        if way_on and not context.as_json:
            people.print(way_on)
        raise typer.Exit(max(failed))
