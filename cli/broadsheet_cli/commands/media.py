"""`media`: pictures without a post around them."""

from pathlib import Path
from typing import Annotated

import typer

from broadsheet_cli.context import context_of, failures_told
from broadsheet_cli.output import bar, people, table
from broadsheet_cli.uploads import Upload

app = typer.Typer(no_args_is_help=True, help="Pictures: list, upload, usage, delete, restore.")
Asset = Annotated[str, typer.Argument(help="the picture's id")]


@app.command("list")
def listed(typed: typer.Context) -> None:
    """List one's own pictures."""
    context = context_of(typed)
    with failures_told(context):
        assets = list(context.api.items("/assets", limit=100))
    context.tell(assets, lambda: table(assets, "id", "state", "mime", "bytes", "alt"))


@app.command("upload")
def uploaded(
    typed: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    alt: Annotated[str, typer.Option(help="what it shows, for those who cannot see it")] = "",
) -> None:
    """Send a picture, a large one in pieces."""
    context = context_of(typed)
    with failures_told(context), bar(file.name, file.stat().st_size, shown=not context.as_json) as advance:
        sent = Upload(context.api, file, alt, progress=advance).run()
        asset = context.api.get(f"/assets/{sent['id']}")
    context.tell(asset, lambda: people.print(f"{asset['id']} {asset['urls']['large']}", highlight=False))


@app.command()
def usage(typed: typer.Context, asset: Asset) -> None:
    """Say what uses a picture, and until when it is kept."""
    context = context_of(typed)
    with failures_told(context):
        said = context.api.get(f"/assets/{asset}/usage")
    context.tell(
        said,
        lambda: table(
            [*said["used_by"], {"type": said["kept_because"], "since": said["goes_at"]}], "type", "id", "since"
        ),
    )


@app.command()
def delete(typed: typer.Context, asset: Asset) -> None:
    """Put a picture that nothing uses into the trash."""
    context = context_of(typed)
    with failures_told(context):
        context.api.request("DELETE", f"/assets/{asset}")
    context.tell({"id": asset}, lambda: people.print(f"{asset} is in the trash."))


@app.command()
def restore(typed: typer.Context, asset: Asset) -> None:
    """Take a picture out of the trash."""
    context = context_of(typed)
    with failures_told(context):
        said = context.api.post(f"/assets/{asset}/restore")
    context.tell(said, lambda: people.print(f"{asset} is {said['state']}."))
