"""Typed settings from the environment, and from secret files named like the variable.

A service subclasses ServiceSettings, sets ``service`` and declares its own fields; those are read from variables with
the service's prefix (``database_url`` of auth is AUTH_DATABASE_URL). Whatever is wrong stops the start with a sentence.
"""

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.generated_secrets import generate
from chassis.published_secrets import is_loopback, is_published
from chassis.settings_error import SettingsError as SettingsError  # noqa: PLC0414  both are wanted together


def _http_base(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    _require_host(value)
    return value.rstrip("/")


def _http_base_or_none(value: str) -> str:
    return value and _http_base(value)


def _job_broker(value: str) -> str:
    if value.startswith("filesystem://"):  # where jobs were before they were in one file; those are queued again
        value = f"sqlite:///{value.removeprefix('filesystem://').rstrip('/')}.sqlite3"
    if not value.startswith(("sqlite:///", "amqp://", "amqps://")):
        raise ValueError("must begin with sqlite:/// or amqp://")
    if value.startswith("sqlite:") and not value.removeprefix("sqlite:///").strip("/:").removesuffix(".sqlite3"):
        raise ValueError("must name a file, such as sqlite:///var/jobs.sqlite3")
    return _broker(value)


def _broker(value: str) -> str:
    if value.startswith(("amqp://", "amqps://")):
        _require_host(value)
    return value


def _require_host(url: str) -> None:
    try:
        named = urlsplit(url).hostname and urlsplit(url).port != 0
    except ValueError:
        named = False
    if not named:
        raise ValueError("names no host and port; an IPv6 address has brackets, like http://[::1]:8000")


SECRET = "secret"  # noqa: S105  the mark, not a secret
GENERATED = "generated"
Secret = Annotated[str, Field(repr=False), SECRET]
"""Text that must not be shown: a key, a token, a URL that may hold a password."""
GeneratedSecret = Annotated[str, Field(repr=False, min_length=32), SECRET, GENERATED]
"""A secret of 32 characters or more that a person sets in production, and that development makes for itself."""
BaseUrl = Annotated[str, AfterValidator(_http_base)]
"""An http(s) URL without a slash at its end."""


class ServiceSettings(BaseSettings):
    """What all services share. Declare a service's own fields in a subclass that sets ``service``."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, validate_by_name=True, str_strip_whitespace=True
    )
    service: ClassVar[str]

    environment: Literal["development", "production"] = Field(
        "development", validation_alias="ENVIRONMENT", description="development, or production with its stricter rules"
    )
    public_url: BaseUrl = Field(
        "http://127.0.0.1:8000", validation_alias="PUBLIC_URL", description="where clients reach the gateway"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", validation_alias="LOG_LEVEL", description="least severe level that is logged"
    )
    release: str = Field("dev", validation_alias="RELEASE", description="version shown in logs and errors")
    events_url: Annotated[Secret, AfterValidator(_broker)] = Field(
        "sqlite:///var/bus.sqlite3", validation_alias="EVENTS_URL", description="event transport: sqlite:/// or amqp://"
    )
    events_management_url: Annotated[Secret, AfterValidator(_http_base_or_none)] = Field(
        "",
        validation_alias="EVENTS_MANAGEMENT_URL",
        description="RabbitMQ's management API, for `events topology` to compare bindings; empty is without",
    )
    jobs_url: Annotated[Secret, AfterValidator(_job_broker)] = Field(
        "sqlite:///var/jobs.sqlite3",
        validation_alias="JOBS_URL",
        description="where jobs are queued: sqlite:/// or amqp://",
    )
    cache_url: Secret = Field(
        "locmem://", validation_alias="CACHE_URL", description="cache: locmem://, redis:// or memcached://"
    )
    statsd_url: str = Field("", validation_alias="STATSD_URL", description="udp://host:port of StatsD; empty is off")
    sentry_dsn: Secret = Field("", validation_alias="SENTRY_DSN", description="where errors are reported; empty is off")
    otel_exporter_otlp_endpoint: str = Field(
        "", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT", description="OTLP/HTTP collector of traces; empty is off"
    )
    service_token: GeneratedSecret = Field(
        "development-service-token-of-no-worth",
        validation_alias="SERVICE_TOKEN",
        description="shared secret of calls between services, of 32 characters or more",
    )
    token_issuer: str = Field(
        default_factory=lambda data: data.get("public_url", ""),
        validation_alias="TOKEN_ISSUER",
        description="`iss` of access tokens; PUBLIC_URL unless set",
    )
    token_audience: str = Field("broadsheet", validation_alias="TOKEN_AUDIENCE", description="`aud` of access tokens")
    auth_url: BaseUrl = Field("http://127.0.0.1:8010", validation_alias="AUTH_URL", description="where auth answers")
    blog_url: BaseUrl = Field("http://127.0.0.1:8020", validation_alias="BLOG_URL", description="where blog answers")
    media_url: BaseUrl = Field("http://127.0.0.1:8030", validation_alias="MEDIA_URL", description="where media answers")
    trusted_peers: str = Field(
        "127.0.0.0/8,::1",
        validation_alias="TRUSTED_PEERS",
        description="networks the gateway calls services from: X-Forwarded-* of others are not believed",
    )
    heartbeat_file: str = Field(
        "", validation_alias="HEARTBEAT_FILE", description="file a background process touches; empty is none"
    )
    metrics_host: str = Field(
        "127.0.0.1",
        validation_alias="METRICS_HOST",
        description="address of a background process's metrics and `/livez`; :: takes IPv4 too",
    )
    metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        validation_alias="METRICS_PORT",
        description="port of a background process's metrics and `/livez`; 0 is off",
    )
    drain_seconds: float = Field(
        20, ge=0, validation_alias="DRAIN_SECONDS", description="seconds for work in flight to finish after SIGTERM"
    )
    var_dir: Path = Field(Path("var"), validation_alias="VAR_DIR", description="folder of local data")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.model_config["env_prefix"] = f"{cls.service}_"

    @model_validator(mode="after")
    def refuse_published_secrets(self) -> Self:
        secrets = [name for name, field in type(self).model_fields.items() if SECRET in field.metadata]
        known = [_variable(type(self), name) for name in secrets if is_published(str(getattr(self, name)))]
        if known and (why := self._reached_from_elsewhere()):
            raise ValueError(f"{', '.join(known)}: everybody can read it in our repository; set your own: {why}")
        return self

    @property
    def production(self) -> bool:
        return self.environment == "production"

    def _reached_from_elsewhere(self) -> str:
        """The first setting by which others than this machine reach us, as a sentence; empty when none does."""
        if self.production:
            return "ENVIRONMENT is production"
        listening = [name for name in type(self).model_fields if name.endswith("host")]
        hosts = {"public_url": urlsplit(self.public_url).hostname or ""} | {
            name: str(getattr(self, name)) for name in listening
        }
        outside = [_variable(type(self), name) for name, host in hosts.items() if not is_loopback(host)]
        return f"{outside[0]} is no loopback address" if outside else ""

    @property
    def jobs_in_file(self) -> bool:
        """Whether jobs need no broker: then one worker runs them, and queues those of the schedule as well."""
        return self.jobs_url.startswith("sqlite:")


S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One setting, for documentation and the tests that hold it complete."""

    name: str
    type: str
    default: str
    secret: bool
    generated: bool
    description: str


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
    names = {item.name for item in catalogue(settings_class) if item.generated}
    made = Path(os.environ.get("VAR_DIR") or "var") / "secrets"
    generate(made, sorted(names - given))
    return [made, *own]


def catalogue(settings_class: type[ServiceSettings]) -> list[SettingInfo]:
    """Every setting of a service, shared ones first, in the order they are declared."""
    return [
        SettingInfo(
            name=_variable(settings_class, name),
            type=_type_name(field),
            default="" if _has_no_fixed_default(field) else str(field.default),
            secret=SECRET in field.metadata,
            generated=GENERATED in field.metadata,
            description=field.description or "",
        )
        for name, field in settings_class.model_fields.items()
    ]


def _has_no_fixed_default(field: FieldInfo) -> bool:
    return bool(field.default_factory) or field.is_required() or GENERATED in field.metadata


def _variable(settings_class: type[ServiceSettings], name: str) -> str:
    alias = settings_class.model_fields[name].validation_alias
    return str(alias) if alias else f"{settings_class.service}_{name}".upper()


def _type_name(field: FieldInfo) -> str:
    annotation = field.annotation
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")


def _unknown_names(settings_class: type[ServiceSettings], directory: str | None) -> Iterator[str]:
    known = {_variable(settings_class, name) for name in settings_class.model_fields}
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
            variable = _variable(settings_class, name) if name in settings_class.model_fields else name
            yield f"{variable}: {message[0].lower()}{message[1:]}"
