"""The program: its commands, and what holds for all of them."""

from typing import Annotated

import typer

from broadsheet_cli.commands import account, comments, folders, media, posts
from broadsheet_cli.context import Context

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # they hold tokens
    help="Write for Broadsheet from folders and scripts. "
    "Exit codes: 1 refused, 2 usage, 3 not logged in, 4 conflict, 5 unreachable.",
)


@app.callback()
def every(
    typed: typer.Context,
    server: Annotated[
        str | None, typer.Option(help="the platform's address; else BROADSHEET_SERVER, else the last log-in's")
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="tell programs, as JSON")] = False,
) -> None:
    typed.obj = context = Context.of(server, as_json=json)
    typed.call_on_close(context.close)


for command in (
    account.login,
    account.logout,
    account.whoami,
    folders.push,
    folders.pull,
    posts.posts,
    posts.publish,
    posts.unpublish,
    posts.schedule,
):
    app.command()(command)
app.add_typer(media.app, name="media")
app.add_typer(comments.app, name="comments")
