#!/bin/bash
# typer 0.29.2 beside click 8.5.1: Typer no longer uses the click that is installed, but a copy inside of itself. What a command
# raises from click is a stranger to it: UsageError and Exit(3) both end in a traceback with exit code 1, not in a line with 2
# and in 3, and click.get_current_context() finds none. Guessed, as Typer was built on click for years and libraries still
# raise its exceptions: they are caught. click.echo and click.prompt work, so nothing is noticed until something fails.
# Output seen:
#   click.UsageError: exit 1, a traceback
#   typer.BadParameter: exit 2, a usage line
#   click.exceptions.Exit(3): exit 1, a traceback
#   typer.Exit(3): exit 3, nothing
#   click.get_current_context(): exit 1, a traceback
# So raise typer's own, and take the context as an argument: def command(context: typer.Context).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check typer==0.29.2 click==8.5.1
cat > "$folder/command.py" <<'PYTHON'
import click
import typer

app = typer.Typer()


@app.command()
def command(what: str) -> None:
    if what == "click.get_current_context()":
        click.get_current_context()
    raise {
        "click.UsageError": click.UsageError("too many"),
        "typer.BadParameter": typer.BadParameter("too many"),
        "click.exceptions.Exit(3)": click.exceptions.Exit(3),
        "typer.Exit(3)": typer.Exit(3),
    }[what]


app()
PYTHON
say() { # what is raised, then what is expected
    code=0
    "$folder/venv/bin/python" "$folder/command.py" "$1" 2> "$folder/said" || code=$?
    case $(< "$folder/said") in
        *Traceback*) words="a traceback" ;;
        *Usage:*) words="a usage line" ;;
        "") words="nothing" ;;
        *) words="something else" ;;
    esac
    echo "$1: exit $code, $words"
    [ "exit $code, $words" = "$2" ] || { echo "the behaviour has changed" >&2; exit 1; }
}
say "click.UsageError" "exit 1, a traceback"
say "typer.BadParameter" "exit 2, a usage line"
say "click.exceptions.Exit(3)" "exit 1, a traceback"
say "typer.Exit(3)" "exit 3, nothing"
say "click.get_current_context()" "exit 1, a traceback"
