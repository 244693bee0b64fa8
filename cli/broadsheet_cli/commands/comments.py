"""`comments`: what readers say of a post, and what is decided about it."""

from typing import Annotated

import typer

from broadsheet_cli.api import Json
from broadsheet_cli.commands.posts import Post, post_id_of
from broadsheet_cli.context import context_of, failures_told
from broadsheet_cli.output import people, table

Comment = Annotated[str, typer.Argument(help="the comment's id")]
app = typer.Typer(no_args_is_help=True, help="What readers say: list, review, decide.")


@app.command("list")
def listed(typed: typer.Context, post: Post) -> None:
    """List the comments on a post, oldest first."""
    context = context_of(typed)
    with failures_told(context):
        found = list(context.api.items(f"/posts/{post_id_of(context, post)}/comments", limit=100))
    rows = [_row(comment) for comment in found]
    context.tell(found, lambda: table(rows, "id", "author", "state", "body"))


@app.command()
def review(
    typed: typer.Context,
    post: Annotated[str | None, typer.Option(help="of one post: its file, slug or id")] = None,
    status: Annotated[str, typer.Option(help="of held, reported, removed, visible; with commas")] = "held,reported",
) -> None:
    """List what waits for a decision under one's own posts, for moderators under all."""
    context = context_of(typed)
    with failures_told(context):
        of_post = {"post_id": post_id_of(context, post)} if post else {}
        found = list(context.api.items("/comments", limit=100, status=status, **of_post))
    rows = [
        {**_row(comment), "reasons": "; ".join(report["reason"] for report in comment["reports"])} for comment in found
    ]
    context.tell(found, lambda: table(rows, "id", "post_id", "author", "state", "reports_count", "reasons", "body"))


@app.command()
def approve(typed: typer.Context, comment: Comment) -> None:
    """Let everyone read a comment that is held or was rejected; its reports are answered."""
    _decide(typed, comment, "approve", "Approved.")


@app.command()
def hold(typed: typer.Context, comment: Comment) -> None:
    """Hide a comment until it is approved or rejected."""
    _decide(typed, comment, "hold", "Held.")


@app.command()
def reject(typed: typer.Context, comment: Comment) -> None:
    """Remove a comment, which may still be approved."""
    _decide(typed, comment, "reject", "Rejected.")


@app.command()
def remove(typed: typer.Context, comment: Comment) -> None:
    """Remove a comment."""
    context = context_of(typed)
    with failures_told(context):
        context.api.request("DELETE", f"/comments/{comment}")
    context.tell({"id": comment}, lambda: people.print("Removed."))


def _row(comment: Json) -> Json:
    return {**comment, "author": (comment["author"] or {}).get("username")}


def _decide(typed: typer.Context, comment: str, verdict: str, done: str) -> None:
    context = context_of(typed)
    with failures_told(context):
        decided = context.api.request("POST", f"/comments/{comment}/{verdict}")
    context.tell(decided.json(), lambda: people.print(done))
