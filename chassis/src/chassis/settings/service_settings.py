"""The settings that all services share."""

from pathlib import Path
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.published_secrets import is_loopback, is_published
from chassis.settings.types import (
    SECRET,
    BaseUrl,
    EventBroker,
    FormerSecret,
    GeneratedSecret,
    JobBroker,
    OptionalBaseUrl,
    OptionalEndpoint,
    OptionalGeneratedSecret,
    Origins,
    Secret,
    SecretHeaders,
    SentryDsn,
    listed,
)


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
    pictures_url: BaseUrl = Field(
        default_factory=lambda data: data.get("public_url", ""),
        validation_alias="PICTURES_URL",
        description="where clients get pictures alone, on a host that is not PUBLIC_URL's; PUBLIC_URL unless set",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", validation_alias="LOG_LEVEL", description="least severe level that is logged"
    )
    log_hash_key: OptionalGeneratedSecret = Field(
        "",
        validation_alias="LOG_HASH_KEY",
        description="makes the pseudonyms of users in log lines, one for all services; without it lines have none",
    )
    release: str = Field("dev", validation_alias="RELEASE", description="version shown in logs and errors")
    events_url: EventBroker = Field(
        "sqlite:///var/bus.sqlite3", validation_alias="EVENTS_URL", description="event transport: sqlite:/// or amqp://"
    )
    events_management_url: OptionalBaseUrl = Field(
        "",
        validation_alias="EVENTS_MANAGEMENT_URL",
        description="RabbitMQ's management API, for `events topology` to compare bindings; empty is without",
    )
    jobs_url: JobBroker = Field(
        "sqlite:///var/jobs.sqlite3",
        validation_alias="JOBS_URL",
        description="where jobs are queued: sqlite:/// or amqp://",
    )
    cache_url: Secret = Field(
        "locmem://", validation_alias="CACHE_URL", description="cache: locmem://, redis:// or memcached://"
    )
    statsd_url: str = Field("", validation_alias="STATSD_URL", description="udp://host:port of StatsD; empty is off")
    sentry_dsn: SentryDsn = Field(
        "", validation_alias="SENTRY_DSN", description="where errors are reported; empty is off"
    )
    otel_exporter_otlp_endpoint: OptionalEndpoint = Field(
        "", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT", description="OTLP/HTTP collector of traces; empty is off"
    )
    otel_exporter_otlp_headers: SecretHeaders = Field(
        "",
        validation_alias="OTEL_EXPORTER_OTLP_HEADERS",
        description="what it asks for, name=value with commas between, such as New Relic's api-key",
    )
    otel_traces_sampler_arg: float = Field(
        1,
        ge=0,
        le=1,
        validation_alias="OTEL_TRACES_SAMPLER_ARG",
        description="share of the traces begun here that are exported; those of callers go by what these say",
    )
    service_token: FormerSecret = Field(
        "",
        validation_alias="SERVICE_TOKEN",
        description="shared secret that calls between services had before service tokens; empty once all are upgraded",
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
    cookie_origins: Origins = Field(
        "",
        validation_alias="COOKIE_ORIGINS",
        description="origins of front ends whose users log in by cookie, on PUBLIC_URL's site, separated by commas",
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
        if name := getattr(cls, "service", ""):  # what some services have in common has none
            cls.model_config["env_prefix"] = f"{name}_"

    @classmethod
    def variable(cls, name: str) -> str:
        """The environment variable of a field."""
        alias = cls.model_fields[name].validation_alias
        return str(alias) if alias else f"{cls.service}_{name}".upper()

    @model_validator(mode="after")
    def refuse_pictures_that_share_cookies(self) -> Self:
        """Cookies are of a host, whatever its port (RFC 6265, 8.5)."""
        public, pictures = urlsplit(self.public_url), urlsplit(self.pictures_url)
        if not self.has_pictures_apart:
            return self
        if public.hostname == pictures.hostname:
            raise ValueError("PICTURES_URL: is on the host of PUBLIC_URL, whose cookies it would get; use another host")
        if pictures.path or pictures.query:
            raise ValueError("PICTURES_URL: has a path; pictures are at the root of their host")
        if (public.scheme, pictures.scheme) == ("https", "http"):
            raise ValueError("PICTURES_URL: must begin with https://, or pages at PUBLIC_URL show none of them")
        return self

    @model_validator(mode="after")
    def refuse_published_secrets(self) -> Self:
        secrets = [name for name, field in type(self).model_fields.items() if SECRET in field.metadata]
        known = [self.variable(name) for name in secrets if is_published(str(getattr(self, name)))]
        if known and (why := self._reached_from_elsewhere()):
            raise ValueError(f"{', '.join(known)}: everybody can read it in our repository; set your own: {why}")
        return self

    @property
    def has_pictures_apart(self) -> bool:
        """Whether pictures have an origin of their own."""
        return self.pictures_url != self.public_url

    @property
    def production(self) -> bool:
        return self.environment == "production"

    def _reached_from_elsewhere(self) -> str:
        """The first setting by which others than this machine reach us, as a sentence; empty when none does."""
        if self.production:
            return "ENVIRONMENT is production"
        listening = [name for name in type(self).model_fields if name.endswith("host")]
        urls = ("public_url", "pictures_url")
        hosts = {name: urlsplit(getattr(self, name)).hostname or "" for name in urls} | {
            name: str(getattr(self, name)) for name in listening
        }
        outside = [self.variable(name) for name, host in hosts.items() if not is_loopback(host)]
        return f"{outside[0]} is no loopback address" if outside else ""

    @property
    def pages_with_cookies(self) -> frozenset[str]:
        """The origins of those front ends, in development of a local one's server too."""
        return frozenset((*listed(self.cookie_origins), *(() if self.production else ("http://localhost:3000",))))

    @property
    def jobs_in_file(self) -> bool:
        """Whether jobs need no broker: then one worker runs them, and queues those of the schedule as well."""
        return self.jobs_url.startswith("sqlite:")


class ClientSettings(ServiceSettings):
    """The settings of a service that asks others: it is a client of auth's, by its name (RFC 6749, 2.3.1)."""

    client_secret: GeneratedSecret = Field(
        "development-client-secret-of-no-worth",
        description="what it gets service tokens from auth with, of 32 characters or more",
    )
