"""Types of settings that say what their text must be."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field


def _http_base(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    _require_host(value)
    return value.rstrip("/")


def _http_base_or_none(value: str) -> str:
    return value and _http_base(value)


def _sentry_dsn(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^@/:]+(:[^@/]*)?@[^@/]+/(.+/)?\d+", value):
        raise ValueError("must look like https://key@sentry.example/1")
    return value


def _headers(value: str) -> str:
    if wrong := [item for item in listed(value) if not re.fullmatch(r"[\w-]+=.+", item)]:
        raise ValueError(f"has {len(wrong)} parts that are not name=value")  # which are secrets
    return value


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


def _origins(value: str) -> str:
    wrong = [item for item in listed(value) if not ORIGIN.fullmatch(item)]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is not an origin like https://app.example.com")
    return value


def listed(value: str) -> tuple[str, ...]:
    """The items of a comma-separated setting."""
    return tuple(item.strip() for item in value.split(",") if item.strip())


def _long_enough_or_none(value: str) -> str:
    if value and len(value) < SHORTEST_SECRET:
        raise ValueError(f"must have {SHORTEST_SECRET} characters or more, or be empty")
    return value


def _require_host(url: str) -> None:
    try:
        named = urlsplit(url).hostname and urlsplit(url).port != 0
    except ValueError:
        named = False
    if not named:
        raise ValueError("names no host and port; an IPv6 address has brackets, like http://[::1]:8000")


ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?")
"""An origin (RFC 6454) as browsers write it."""
SECRET = "secret"  # noqa: S105  the mark, not a secret
GENERATED = "generated"
SHORTEST_SECRET = 32
Secret = Annotated[str, Field(repr=False), SECRET]
"""Text that must not be shown: a key, a token, a URL that may hold a password."""
GeneratedSecret = Annotated[str, Field(repr=False, min_length=SHORTEST_SECRET), SECRET, GENERATED]
"""A secret of 32 characters or more that a person sets in production, and that development makes for itself."""
OptionalGeneratedSecret = Annotated[str, Field(repr=False), AfterValidator(_long_enough_or_none), SECRET, GENERATED]
"""A secret of 32 characters or more that development makes for itself, and that production may be without."""
FormerSecret = Annotated[Secret, AfterValidator(_long_enough_or_none)]
"""A secret that is on its way out: of 32 characters or more, or empty."""
BaseUrl = Annotated[str, AfterValidator(_http_base)]
"""An http(s) URL without a slash at its end."""
OptionalBaseUrl = Annotated[Secret, AfterValidator(_http_base_or_none)]
"""An http(s) URL that may hold a password and may be empty."""
OptionalEndpoint = Annotated[str, AfterValidator(_http_base_or_none)]
"""An http(s) URL that holds no password and may be empty."""
SentryDsn = Annotated[Secret, AfterValidator(_sentry_dsn)]
SecretHeaders = Annotated[Secret, AfterValidator(_headers)]
"""Headers as OpenTelemetry has them in the environment: name=value, separated by commas."""
AdminSessions = Literal["db", "cached_db", "cache", "signed_cookies"]
"""Where Django keeps the log-ins of staff."""
AdminSessionsSetting = Annotated[
    AdminSessions,
    Field(
        description="where log-ins to the admin are kept: db, cached_db, cache, or signed_cookies, which live on"
        " after a log-out"
    ),
]
StaticDir = Annotated[
    str,
    Field(
        description="where `manage collectstatic` puts the admin's files, and they are served from; where they were"
        " installed unless set"
    ),
]
Origins = Annotated[str, AfterValidator(_origins)]
"""Origins such as https://app.example.com, separated by commas."""
EventBroker = Annotated[Secret, AfterValidator(_broker)]
JobBroker = Annotated[Secret, AfterValidator(_job_broker)]
