"""The gateway's one configuration file, typed: what the public may reach, and under which rules.

``gateway.schema.json`` is generated from these classes; a test holds them together.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

import yaml
from chassis.access import Access, AuthLevel, Method
from chassis.settings import SettingsError
from chassis.settings.types import ORIGIN
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from chassis import access
from gateway_service.guard_rules import BreakerRules, CompressionRules, ConcurrencyRules, EventStreamRules, Retries
from gateway_service.origin_patterns import require_safe

Upstream = Literal["auth", "blog", "media"]
Whose = Literal["public", "all"]
"""Whose answers are compressed: those without a token, or everybody's."""
UPSTREAMS: tuple[str, ...] = get_args(Upstream)

_OWN = re.compile(r"/(internal|metrics|livez|readyz|status|admin)(/.*)?")
"""What services have for each other and for operators."""
_TEMPLATE = re.compile(r"(/([A-Za-z0-9._:-]+|[A-Za-z0-9._:-]*(\{[a-z_]+\}[A-Za-z0-9._:-]*)+))+")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Strict):
    """What one request may cost."""

    body_bytes: int = Field(2 * 1024 * 1024, gt=0, description="longest request body")
    form_bytes: int | None = Field(
        None,
        gt=0,
        description="longest multipart/form-data, which is passed on as it comes; without it as other bodies",
    )
    body_idle_seconds: float = Field(10, gt=0, description="longest pause of a client while it sends or receives")
    body_bytes_per_second: float = Field(
        1024, ge=0, description="slowest body, on average once body_idle_seconds are over"
    )
    answer_bytes_per_second: float = Field(
        8192,
        ge=0,
        description="slowest reader, on average while it is waited for, once that was body_idle_seconds",
    )
    try_seconds: float = Field(
        20, gt=0, description="from asking an upstream to its answer; GET and HEAD are asked again then, once"
    )
    idle_seconds: float = Field(20, gt=0, description="longest silence of an upstream within its answer")
    total_seconds: float = Field(60, gt=0, description="whole exchange; a stream of events is exempt")


class Rate(_Strict):
    """How often one address, account or log-in may ask."""

    by: Literal["address", "user", "client"] = Field(
        description="whose requests are counted together: an address's (IPv6: a /64's), an account's, or a log-in's"
    )
    requests: int = Field(gt=0, le=1_000_000, description="in so many seconds")
    seconds: int = Field(60, gt=0, le=86_400)
    burst: int | None = Field(None, gt=0, description="at once; all of them unless given")
    everywhere: bool = Field(False, description="for every request, not only for methods that name it")
    shadow: bool = Field(False, description="what it would refuse is counted, and let through")

    @model_validator(mode="after")
    def _burst_is_part_of_it(self) -> Self:
        if self.burst and self.burst > self.requests:
            raise ValueError(f"a burst of {self.burst} is more than {self.requests} requests")
        return self


class Policy(Access):
    """How a method of a route is served. Limits that are not given are the file's.

    What ``auth``, ``roles``, ``scopes`` and ``session`` say is needed beside what contracts/access.yaml asks anyhow.
    """

    auth: AuthLevel = Field(
        "public", description="as in contracts/access.yaml; a method that is listed there needs none"
    )
    shadow: bool = Field(
        False, description="whom its roles and scopes would refuse is counted, and let through; never who has no token"
    )
    rates: tuple[str, ...] = Field((), description="of the file's rates, beside those that hold everywhere")
    body_bytes: int | None = Field(None, gt=0)
    form_bytes: int | None = Field(None, gt=0)
    body_idle_seconds: float | None = Field(None, gt=0)
    try_seconds: float | None = Field(None, gt=0)
    idle_seconds: float | None = Field(None, gt=0)
    total_seconds: float | None = Field(None, gt=0)

    @property
    def own_access(self) -> Access | None:
        """Who may by this file alone, None where it does not say."""
        return self if "auth" in self.model_fields_set else None


def _no_shadow_on_authentication(method: Method, path: str, policy: Policy) -> None:
    """Raises ValueError where letting through would let in who has no token."""
    listed, own = access.find(method, path), policy.own_access
    if not policy.shadow:
        return
    if own is None or not (own.roles or own.scopes):
        raise ValueError(f"{method} {path} has no roles or scopes of its own that could be in shadow")
    if listed is None or listed.auth != own.auth:
        raise ValueError(f"{method} {path} cannot be in shadow: without its auth it would be open to others")


def _policy(value: Any) -> Any:
    return {"auth": value} if isinstance(value, str) else value or {}


def _template(value: str) -> str:
    if not _TEMPLATE.fullmatch(value):
        raise ValueError(f"{value!r} is not a path like /api/v1/posts/{{slug}}")
    if _OWN.fullmatch(value):
        raise ValueError(f"{value!r} is not for the public")
    if "{" in value.split("/")[1]:
        raise ValueError(f"{value!r} begins with anything, and so with what is not for the public")
    return value


class Keep(_Strict):
    """What of a request the answer to strangers is chosen by, beside its path and query: of the rest the service gets
    nothing.
    """

    accept: tuple[str, ...] = Field(
        (), description="media types the service chooses from by Accept, its favourite first"
    )
    named: tuple[str, ...] = Field(
        (), description="media types it chooses from where Accept names them, however weighted, its favourite first"
    )
    languages: tuple[str, ...] = Field((), description="those it chooses from by Accept-Language, its favourite first")
    query: bool = Field(True, description="whether the query chooses the answer; where it does not, it goes no further")
    body_bytes: int = Field(1024 * 1024, gt=0, description="the longest body that is kept")
    purged: bool = Field(
        True, description="answers have surrogate keys, and events purge them; false for what no event makes wrong"
    )

    @model_validator(mode="after")
    def _chooses_in_one_way(self) -> Self:
        if self.accept and self.named:
            raise ValueError("cache has accept and named: a service chooses by Accept in one way")
        return self


class Route(_Strict):
    """One public path and the service that answers it. HEAD comes with GET, OPTIONS is answered by the gateway."""

    path: Annotated[str, AfterValidator(_template)]
    upstream: Upstream
    stream_body: bool = Field(False, description="a body is passed on as it comes, not when it is whole")
    cookies: bool = Field(False, description="the service gets the client's cookies and may set some")
    surrogate_keys: bool = Field(
        False,
        description="answers tell caches in front of the gateway what they are made of (Surrogate-Key, Cache-Tag)",
    )
    cache: Keep | None = Field(None, description="answers to strangers are kept for all of them, as Cache-Control says")
    compress: Whose | None = Field(
        None,
        description="text is sent in the coding the client wants most: to those without a token (public), or to all, "
        "where no private answer repeats what was asked",
    )
    pictures: bool = Field(
        False, description="where PICTURES_URL is another host than PUBLIC_URL's, it is shown there alone"
    )
    accel: bool = Field(False, description="the service may name a file for the edge to send (X-Accel-Redirect)")
    options: dict[str, str] = Field({}, description="headers of the answer to OPTIONS, beside Allow")
    methods: dict[Method, Annotated[Policy, BeforeValidator(_policy, json_schema_input_type=Policy | str | None)]] = (
        Field(min_length=1)
    )

    @model_validator(mode="after")
    def _says_who_may(self) -> Self:
        for method, policy in self.methods.items():
            if not (policy.own_access or access.find(method, self.path)):
                raise ValueError(
                    f"{method} {self.path} is not in contracts/access.yaml, so say who may: auth: public or required"
                )
            if not access.find(method, self.path) and policy.auth == "public" and method != "GET":
                raise ValueError(
                    f"{method} {self.path} is a write that anybody may do, and not in contracts/access.yaml"
                )
            _no_shadow_on_authentication(method, self.path, policy)
        return self

    @model_validator(mode="after")
    def _can_be_compressed(self) -> Self:
        """The length of what is compressed tells what is in it, if somebody else chooses a part of it (BREACH)."""
        if self.compress and "GET" not in self.methods:
            raise ValueError(f"{self.path} has compress, and no GET whose answers could be compressed")
        if self.compress and (self.cookies or self.accel):
            raise ValueError(f"{self.path} has compress and cookies or accel: log-ins and files are never compressed")
        return self

    @model_validator(mode="after")
    def _is_a_picture(self) -> Self:
        if self.pictures and (self.cookies or set(self.methods) != {"GET"}):
            raise ValueError(f"{self.path} has pictures, which are for GET alone and never have cookies")
        return self

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        if self.cache is None:
            return self
        if "GET" not in self.methods:
            raise ValueError(f"{self.path} has cache, and no GET whose answers could be kept")
        if self.cache.purged and not self.surrogate_keys:
            raise ValueError(f"{self.path} has cache and not surrogate_keys: nothing could be purged by events")
        return self


class Version(_Strict):
    """The life of one version of the API."""

    deprecated: datetime | None = Field(None, description="announced by Deprecation (RFC 9745)")
    sunset: datetime | None = Field(None, description="announced by Sunset (RFC 8594), 410 afterwards")
    successor: str | None = Field(None, description="path of the version to move to, named in Link")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for moment in (self.deprecated, self.sunset):
            if moment and moment.tzinfo is None:
                raise ValueError("times need a time zone, e.g. 2027-01-01T00:00:00Z")
        if self.sunset and (not self.deprecated or self.sunset < self.deprecated):
            raise ValueError("sunset needs a deprecated date before it")
        return self


class Versions(_Strict):
    """The versions under ``/api``."""

    default: str = Field(description="for requests that name none")
    supported: dict[str, Version]

    @model_validator(mode="after")
    def _default_is_supported(self) -> Self:
        if self.default not in self.supported:
            raise ValueError(f"default {self.default!r} is not among the supported versions")
        return self


class Cors(_Strict):
    """Which other origins a browser may call from."""

    origins: frozenset[str] = Field(frozenset(), description='exact, like https://app.example.com; or "*" alone')
    patterns: tuple[str, ...] = Field(
        (), description="regular expressions from ^https:// to $, with dots escaped and nothing slow"
    )
    credentialed_origins: frozenset[str] = Field(
        frozenset(), description="exact; those besides whose pages may send cookies, and COOKIE_ORIGINS with them"
    )
    credentials: bool = Field(True, description="false: no page of another origin may send cookies")
    max_age_seconds: int = Field(600, ge=0)
    request_headers: tuple[str, ...]
    exposed_headers: tuple[str, ...]

    def opened(self) -> "Cors":
        """The rules for everybody's pages, and never with cookies."""
        everybody = {"origins": frozenset({"*"}), "patterns": (), "credentials": False}
        return self.model_copy(update=everybody)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if "*" in self.origins and self.credentials:
            raise ValueError('origins "*" with credentials would let every site act for its visitors; use one of both')
        for origin in self.origins.union(self.credentialed_origins) - {"*"}:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is not an origin like https://app.example.com")
        for pattern in self.patterns:
            require_safe(pattern)
        return self


class OpenCors(Cors):
    """Origins of a dialect whose clients send their token by themselves: anyone's, and never with credentials."""

    credentials: Literal[False] = False


class GatewayConfig(_Strict):
    """The whole file."""

    versions: Versions
    cors: Cors
    realworld_cors: OpenCors = Field(description="of RealWorld's dialect, below /realworld/api/")
    limits: Limits = Limits()
    bodies_bytes: int = Field(
        64 * 1024 * 1024,
        gt=0,
        description="bodies held in memory at one time; 503 beyond it, 429 beyond a client's share",
    )
    connect_seconds: float = Field(2, gt=0, description="longest time to connect to an upstream")
    retries: Retries = Retries()
    breaker: BreakerRules = BreakerRules()
    concurrency: ConcurrencyRules = ConcurrencyRules()
    event_streams: EventStreamRules = EventStreamRules()
    compression: CompressionRules = CompressionRules()
    rates: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9-]*$")], Rate] = {}
    routes: tuple[Route, ...]

    @model_validator(mode="after")
    def _rates_are_there(self) -> Self:
        for route in self.routes:
            for method, policy in route.methods.items():
                for name in policy.rates:
                    if name not in self.rates:
                        raise ValueError(f"{method} {route.path} names no rate of the file: {name}")
                    if self.rates[name].everywhere:
                        raise ValueError(f"{method} {route.path} names {name}, which holds everywhere")
        return self

    @model_validator(mode="after")
    def _no_route_twice(self) -> Self:
        seen: set[str] = set()
        for route in self.routes:
            shape = access.shape(route.path)
            if shape in seen:
                raise ValueError(f"{route.path} is listed twice")
            seen.add(shape)
        return self


def read(path: Path, *, pictures_apart: bool = False) -> GatewayConfig:
    """The configuration in a file; raises SettingsError with one sentence for everything that is wrong in it."""
    return parse(read_text(path), path, pictures_apart=pictures_apart)


def read_text(path: Path) -> str:
    """What is in the file; raises SettingsError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"The gateway's configuration {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not YAML: {error}.") from error


def parse(text: str, path: Path, *, pictures_apart: bool = False) -> GatewayConfig:
    """The configuration that the text of the file is; raises SettingsError as ``read`` does.

    Where pictures are at a host of their own, it must say which routes those are.
    """
    try:
        config = GatewayConfig.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not YAML: {' '.join(str(error).split())}.") from error
    except ValidationError as error:
        raise SettingsError(f"{path}: {_sentences(error)}.") from error
    if pictures_apart and not any(route.pictures for route in config.routes):
        raise SettingsError(f"{path}: no route says pictures: true, so there would be none at PICTURES_URL.")
    return config


def _sentences(error: ValidationError) -> str:
    return "; ".join(
        ".".join(map(str, item["loc"])) + ": " * bool(item["loc"]) + item["msg"].removeprefix("Value error, ")
        for item in error.errors(include_url=False)
    )
