"""`posts`, `publish`, `unpublish`, `schedule`: a post is named by its file, its address or its id."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from broadsheet_cli.api import Json
from broadsheet_cli.context import Context, context_of, failures_told
from broadsheet_cli.errors import Failure, Refused
from broadsheet_cli.output import minutes, people, table
from broadsheet_cli.state import NAME, KnownPost, State, known_post, says_the_same

Post = Annotated[str, typer.Argument(help="a file that was pushed, the post's slug, or its id")]


def posts(
    typed: typer.Context,
    query: Annotated[str, typer.Option("--search", help="words to find")] = "",
    status: Annotated[str, typer.Option(help="of draft, scheduled, published, archived, waiting; with commas")] = "",
) -> None:
    """List one's own posts, in every state unless some are named."""
    context = context_of(typed)
    with failures_told(context):
        found = list(
            context.api.items(
                "/posts",
                mine="true",
                limit=100,
                fields="slug,title,status,updated_at",
                **{name: value for name, value in (("q", query), ("status", status)) if value},
            )
        )
    context.tell(found, lambda: table(found, "slug", "status", "updated_at", "title"))


def publish(typed: typer.Context, post: Post) -> None:
    """Publish a post; with pictures that are still being prepared it goes out once they are ready."""
    _step(typed, post, {"to": "published"})


def unpublish(typed: typer.Context, post: Post) -> None:
    """Take a post back to draft."""
    _step(typed, post, {"to": "draft"})


def schedule(
    typed: typer.Context, post: Post, at: Annotated[str, typer.Argument(help="as 2026-12-24T18:00:00+01:00")]
) -> None:
    """Publish a post at a time to come."""
    context = context_of(typed)
    with failures_told(context):
        moment = _moment(at)
    _step(typed, post, {"to": "scheduled", "at": moment.isoformat()}, f" for {minutes(moment)}")


def post_id_of(context: Context, named: str) -> str:
    """The id of the post that a person means; raises Failure."""
    if Path(named).is_file():
        state, name = _state_of(context, Path(named).resolve())
        return _known(state, name)["id"]
    try:
        return str(UUID(named))
    except ValueError:
        return str(context.api.get(f"/posts/by-slug/{named}", fields="slug")["id"])


def _state_of(context: Context, path: Path) -> tuple[State, str]:
    """What the file's folder knows, and the file's name there."""
    folder = next((parent for parent in path.parents if (parent / NAME).exists()), None)
    if folder is None:
        raise Failure(f"{path} was not pushed yet.")
    return State(folder, context.server), str(path.relative_to(folder))


def _known(state: State, name: str) -> KnownPost:
    known = state.post(name)
    if known is None:
        raise Failure(f"{name} was not pushed yet.")
    return known


def _moment(at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise Failure(f"`{at}` is no time: write it as 2026-12-24T18:00:00+01:00.") from error
    if moment.tzinfo is None:
        raise Failure(f"`{at}` could be any zone's: write it with its offset, as 2026-12-24T18:00:00+01:00.")
    return moment


def _step(typed: typer.Context, named: str, step: Json, when: str = "") -> None:
    context = context_of(typed)
    with failures_told(context):
        post_id = post_id_of(context, named)
        already = ""
        try:
            answer = context.api.request("POST", f"/posts/{post_id}/transitions", json=step)
        except Refused as error:
            if error.code != "transition_refused" or "at" in step:
                raise
            answer, already = context.api.request("GET", f"/posts/{post_id}"), " already"
            if answer.json()["status"] != step["to"]:
                raise
        post: Json = answer.json()
        if Path(named).is_file():
            state, name = _state_of(context, Path(named).resolve())
            known = _known(state, name)
            if says_the_same(known, post):  # else the next push would take this step for somebody else's change
                etag = answer.headers["ETag"]
                state.keep_post(name, known_post(post, etag, digest=known["digest"], status=step["to"]))
    waits = " as soon as its pictures are ready" if post.get("waiting_for") else ""
    context.tell(post, lambda: people.print(f"{post['slug']}: {step['to']}{already}{when}{waits}"))
