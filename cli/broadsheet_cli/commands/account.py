"""`login`, `logout`, `whoami`."""

import getpass
import sys
from typing import Annotated

import typer

from broadsheet_cli.context import context_of, failures_told
from broadsheet_cli.errors import Refused
from broadsheet_cli.output import people


def login(
    typed: typer.Context,
    name: Annotated[str, typer.Argument(help="e-mail or username")] = "",
    *,
    password_stdin: Annotated[bool, typer.Option(help="read the password from standard input")] = False,
) -> None:
    """Log in, and stay logged in until `logout`; the password is asked for, and not kept."""
    context = context_of(typed)
    name = name or typer.prompt("E-mail or username", err=True)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else getpass.getpass("Password: ")
    session = context.session
    with failures_told(context):
        try:
            username = session.open(name, password, None)
        except Refused as error:
            if error.code != "totp_required" or password_stdin:
                raise
            username = session.open(name, password, typer.prompt("Code, or a recovery code", err=True))
    told = {"server": context.server, "username": username}
    context.tell(told, lambda: people.print(f"Logged in at {context.server} as {username}."))


def logout(typed: typer.Context) -> None:
    """End the session, here and at the server."""
    context = context_of(typed)
    with failures_told(context):
        context.session.end()
    context.tell({"server": context.server}, lambda: people.print(f"Logged out at {context.server}."))


def whoami(typed: typer.Context) -> None:
    """Say who is logged in where."""
    context = context_of(typed)
    with failures_told(context):
        me = context.api.get("/me")
    told = {"server": context.server, "username": me["username"], "roles": me["roles"]}
    context.tell(told, lambda: people.print(f"{me['username']} at {context.server} ({', '.join(me['roles'])})"))
