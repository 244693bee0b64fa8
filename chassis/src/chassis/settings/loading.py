"""Reading settings from the environment and from files of secrets."""

import difflib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from pydantic import ValidationError

from chassis.generated_secrets import generate
from chassis.settings.service_settings import ServiceSettings
from chassis.settings.types import GENERATED
from chassis.settings_error import SettingsError

S = TypeVar("S", bound=ServiceSettings)


def load(settings_class: type[S]) -> S:
    """Read the settings once per class and process; raises SettingsError naming everything that is wrong."""
    return cast("S", _load(settings_class))


@cache
def _load(settings_class: type[ServiceSettings]) -> ServiceSettings:
    directory = os.environ.get("SECRETS_DIR") or None
    if directory and not Path(directory).is_dir():
        raise SettingsError(
            f"SECRETS_DIR is {directory}, which is not a folder; point it at the folder of secret files."
        )
    wrong = list(_unknown_names(settings_class, directory))
    try:
        settings = settings_class(_secrets_dir=_secret_folders(settings_class, directory))
    except ValidationError as error:
        wrong += _sentences(settings_class, error)
    if wrong:
        raise SettingsError("; ".join(wrong))
    return settings


def _secret_folders(settings_class: type[ServiceSettings], directory: str | None) -> list[Path]:
    """Where secrets are files: what development has made for itself, then a person's own, which wins."""
    own = [Path(directory)] if directory else []
    if os.environ.get("ENVIRONMENT") == "production":
        return own
    given = {name for name, value in os.environ.items() if value} | {
        file.name for path in own for file in path.iterdir()
    }
    fields = settings_class.model_fields.items()
    names = {settings_class.variable(name) for name, field in fields if GENERATED in field.metadata}
    made = Path(os.environ.get("VAR_DIR") or "var") / "secrets"
    generate(made, sorted(names - given))
    return [made, *own]


def _unknown_names(settings_class: type[ServiceSettings], directory: str | None) -> Iterator[str]:
    known = {settings_class.variable(name) for name in settings_class.model_fields}
    files = [path.name for path in Path(directory).iterdir()] if directory else []
    for name in sorted({name.upper() for name in [*os.environ, *files]} - known):
        if name.startswith(f"{settings_class.service.upper()}_"):
            close = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            yield f"{name} is not a setting of {settings_class.service}{hint}"


def _sentences(settings_class: type[ServiceSettings], error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        if item["type"] == "default_factory_not_called":  # only says that another setting is wrong
            continue
        message = item["msg"].removeprefix("Value error, ")
        name = str(item["loc"][0]) if item["loc"] else ""
        if not name:  # a rule over several settings names them itself
            yield message
        else:
            variable = settings_class.variable(name) if name in settings_class.model_fields else name
            yield f"{variable}: {message[0].lower()}{message[1:]}"
