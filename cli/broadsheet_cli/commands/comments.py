"""`comments`: what readers say of a post."""

from typing import Annotated

import typer

from broadsheet_cli.commands.posts import Post, post_id_of
from broadsheet_cli.context import context_of, failures_told
from broadsheet_cli.output import people, table

app = typer.Typer(no_args_is_help=True, help="What readers say: list, remove.")


@app.command("list")
def listed(typed: typer.Context, post: Post) -> None:
    """List the comments on a post, oldest first."""
    context = context_of(typed)
    with failures_told(context):
        found = list(context.api.items(f"/posts/{post_id_of(context, post)}/comments", limit=100))
    rows = [{**comment, "author": (comment["author"] or {}).get("username")} for comment in found]
    context.tell(found, lambda: table(rows, "id", "author", "state", "body"))


@app.command()
def remove(typed: typer.Context, comment: Annotated[str, typer.Argument(help="the comment's id")]) -> None:
    """Remove a comment."""
    context = context_of(typed)
    with failures_told(context):
        context.api.request("DELETE", f"/comments/{comment}")
    context.tell({"id": comment}, lambda: people.print("Removed."))
