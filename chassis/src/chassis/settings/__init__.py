"""Typed settings from the environment, and from secret files named like the variable.

A service subclasses ServiceSettings, sets ``service`` and declares its own fields; those are read from variables with
the service's prefix (``database_url`` of auth is AUTH_DATABASE_URL). Whatever is wrong stops the start with a sentence.
"""

from chassis.settings.inventory import SettingInfo, catalogue
from chassis.settings.loading import load
from chassis.settings.service_settings import ClientSettings, ServiceSettings
from chassis.settings.types import (
    AdminSessions,
    AdminSessionsSetting,
    BaseUrl,
    FormerSecret,
    GeneratedSecret,
    Secret,
    StaticDir,
)
from chassis.settings_error import SettingsError

__all__ = [
    "AdminSessions",
    "AdminSessionsSetting",
    "BaseUrl",
    "ClientSettings",
    "FormerSecret",
    "GeneratedSecret",
    "Secret",
    "ServiceSettings",
    "SettingInfo",
    "SettingsError",
    "StaticDir",
    "catalogue",
    "load",
]
