"""Every setting of every service, as the services declare them. Needs .venv."""

import difflib
import importlib
import os
from collections.abc import Iterable

from chassis.settings import ServiceSettings, SettingInfo, SettingsError, catalogue, load

from launcher import LauncherError
from launcher.settings import OWN_SETTINGS, SERVICES, Settings


def settings_classes() -> dict[str, type[ServiceSettings]]:
    """Return each service's class of settings, by service."""
    modules = {service: importlib.import_module(f"{service}_service.settings") for service in SERVICES}
    return {service: getattr(module, f"{service.title()}Settings") for service, module in modules.items()}


def all_settings() -> dict[str, SettingInfo]:
    """Return every setting by its name; the shared ones once."""
    classes = settings_classes().values()
    return {info.name: info for settings_class in classes for info in catalogue(settings_class)}


def refuse_unknown(names: Iterable[str]) -> None:
    """Raise LauncherError for a name in .env that no process reads."""
    known = {*all_settings(), *OWN_SETTINGS}
    for name in sorted(set(names) - known):
        close = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {close[0]}?" if close else "; .env.example lists them all."
        raise LauncherError(f"{name} in .env is not a setting{hint}")


def refuse_wrong_values(settings: Settings) -> None:
    """Read the settings as each service will; raises LauncherError with its sentence."""
    os.environ.update(settings.environment)
    for settings_class in settings_classes().values():
        try:
            load(settings_class)
        except SettingsError as error:
            raise LauncherError(str(error)) from error
