"""The settings of the gateway, read from the environment once and typed. Routes and rules are in its YAML file."""

from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import urlsplit

from chassis.client_address import Header, TrustedProxies, networks
from chassis.settings import ClientSettings, load
from chassis.settings.types import Origins, listed
from pydantic import Field, model_validator


class GatewaySettings(ClientSettings):
    """GATEWAY_… variables beside the shared ones."""

    service: ClassVar[str] = "gateway"

    host: str = Field("127.0.0.1", description="address the public port listens on; :: takes IPv4 too")
    port: int = Field(8000, ge=1, le=65535, description="the public port")
    admin_host: str = Field("127.0.0.1", description="address of health, metrics and status; :: takes IPv4 too")
    admin_port: int = Field(8001, ge=1, le=65535, description="port of health, metrics and status")
    workers: int = Field(
        1, ge=1, le=64, description="processes that serve the public port, one for each core it may use"
    )
    config: Path = Field(
        Path(__file__).with_name("gateway.yaml"), description="the YAML of routes; the packaged one unless set"
    )
    hosts: str = Field("", description="names beside PUBLIC_URL's that production answers to, separated by commas")
    pictures_hosts: str = Field(
        "",
        description="names beside PICTURES_URL's with pictures alone, such as it had before, separated by commas",
    )
    cors_origins: Origins = Field("", description="origins allowed beside those of the YAML, separated by commas")
    trust_traceparent: bool = Field(
        False, description="go on with the trace a client names, where something in front writes that header afresh"
    )
    security_contact: str = Field(
        "",
        pattern=r"^((mailto:|https://)\S+)?$",
        description="mailto: or https:// of who hears of security holes, in `/.well-known/security.txt`; empty is none",
    )
    connections_per_address: int = Field(
        256, ge=1, description="most connections of one address (IPv6: a /64), save trusted proxies"
    )
    cache_megabytes: int = Field(
        64, ge=0, description="memory for answers that are the same for everybody; 0 keeps none"
    )
    prometheus_url: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="the Prometheus whose figures `/status` of the admin port draws"
    )
    status_processes: str = Field(
        "",
        description="without a Prometheus: whose metrics `/status` reads itself, as name=URL, separated by commas",
    )
    trusted_proxies: str = Field("", description="networks of the proxies in front, separated by commas")
    forwarded_header: Header = Field(
        "X-Forwarded-For", description="which header those proxies write: X-Forwarded-For or Forwarded (RFC 7239)"
    )

    @model_validator(mode="after")
    def refuse_pictures_alone_where_all_is(self) -> Self:
        everything = {_host_of(self.public_url), *map(_as_host_has_it, listed(self.hosts.lower()))}
        both = [name for name in listed(self.pictures_hosts) if _as_host_has_it(name).lower() in everything]
        if both:
            raise ValueError(f"GATEWAY_PICTURES_HOSTS: {both[0]} has all else too; name hosts that have pictures alone")
        return self


def settings() -> GatewaySettings:
    """The settings of this process; raises SettingsError with a sentence for the person who set them."""
    return load(GatewaySettings)


def allowed_hosts(settings: GatewaySettings) -> tuple[str, ...]:
    """The host names answered to; none means any, which only development does."""
    if not settings.production:
        return ()
    more = (_as_host_has_it(name) for name in listed(settings.hosts))
    return (_host_of(settings.public_url), *pictures_hosts(settings), *more)


def pictures_hosts(settings: GatewaySettings) -> tuple[str, ...]:
    """Where there are pictures alone; none where they are only beside all else."""
    present = (_host_of(settings.pictures_url),) if settings.has_pictures_apart else ()
    return (*present, *(_as_host_has_it(name) for name in listed(settings.pictures_hosts)))


def _host_of(url: str) -> str:
    return _as_host_has_it(urlsplit(url).hostname or "")


def _as_host_has_it(name: str) -> str:
    return f"[{name}]" if ":" in name and name[0] != "[" else name  # IPv6


def allowed_origins(settings: GatewaySettings) -> tuple[str, ...]:
    """Origins allowed beside those of the YAML: the settings', and a front end's development server."""
    return (*listed(settings.cors_origins), *(() if settings.production else ("http://localhost:3000",)))


def trusted_proxies(settings: GatewaySettings) -> TrustedProxies:
    """Who is believed about the client's address; raises SettingsError."""
    trusted = networks(settings.trusted_proxies, "GATEWAY_TRUSTED_PROXIES")
    return TrustedProxies(trusted, settings.forwarded_header)


def upstream_urls(settings: GatewaySettings) -> dict[str, str]:
    """Where each service behind the gateway answers."""
    return {"auth": settings.auth_url, "blog": settings.blog_url, "media": settings.media_url}
