"""What every command needs: which server, who, and how to tell."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import typer

from broadsheet_cli import output
from broadsheet_cli.api import Api
from broadsheet_cli.credentials import Credentials
from broadsheet_cli.errors import Failure
from broadsheet_cli.sessions import LOCAL, Session


@dataclass(frozen=True)
class Context:
    server: str
    as_json: bool
    credentials: Credentials

    @classmethod
    def of(cls, server: str | None, *, as_json: bool) -> "Context":
        """The server that is named, else the one of BROADSHEET_SERVER, else where one logged in last."""
        credentials = Credentials()
        chosen = server or os.environ.get("BROADSHEET_SERVER") or credentials.server or LOCAL
        return cls(chosen.rstrip("/"), as_json, credentials)

    @cached_property
    def session(self) -> Session:
        """One for the whole command: each would renew its token."""
        return Session(self.server, self.credentials)

    @cached_property
    def api(self) -> Api:
        return Api(self.session)

    def close(self) -> None:
        """End the connections, where there are any."""
        if "session" in vars(self):
            self.session.http.close()

    def tell(self, data: object, show: Callable[[], object]) -> None:
        output.tell(data, show, as_json=self.as_json)


def context_of(typed: typer.Context) -> Context:
    found = typed.obj
    assert isinstance(found, Context)
    return found


@contextmanager
def failures_told(context: Context) -> Iterator[None]:
    """Whatever is wrong is said, and is the program's exit code."""
    try:
        yield
    except Failure as error:
        output.fail(error, as_json=context.as_json)
        raise typer.Exit(error.exit_code) from error
