"""The settings of blog, read from the environment once and typed."""

from typing import ClassVar

from chassis.settings import (
    AdminSessionsSetting,
    ClientSettings,
    FormerSecret,
    GeneratedSecret,
    Secret,
    StaticDir,
    load,
)
from pydantic import Field, field_validator


class BlogSettings(ClientSettings):
    """BLOG_… variables beside the shared ones."""

    service: ClassVar[str] = "blog"

    database_url: Secret = Field("sqlite:///var/blog.sqlite3", description="posts: sqlite:/// or postgresql://")
    secret_key: GeneratedSecret = Field(
        "development-blog-secret-key-of-no-worth", description="signs the admin's cookies"
    )
    secret_key_fallback: FormerSecret = Field(
        "", description="the BLOG_SECRET_KEY before this one, while its cookies still count; else empty"
    )
    site_name: str = Field("Broadsheet", min_length=1, max_length=100, description="what feeds and pages are called")
    comments_per_hour: int = Field(60, ge=1, description="comments that one user may write in an hour")
    comment_reports_per_hour: int = Field(30, ge=1, description="comments that one user may report in an hour")
    comment_reports_to_hold: int = Field(
        3, ge=1, description="users who must report a comment until it is held for moderation"
    )
    webhook_key: GeneratedSecret = Field(
        "development-blog-webhook-key-of-no-worth", description="encrypts the secrets of webhooks in the database"
    )
    webhook_key_fallback: FormerSecret = Field(
        "", description="another key that secrets of webhooks may be under, while one follows the other; else empty"
    )
    webhook_ports: str = Field("443,8443", description="ports that webhooks may be at, separated by commas")
    webhook_loopback: bool = Field(
        default_factory=lambda data: data.get("environment") == "development",
        description="whether webhooks may be on this machine, over http and at any port; in development unless set",
    )
    host: str = Field("127.0.0.1", description="address the web process listens on; :: takes IPv4 too")
    port: int = Field(8020, ge=1, le=65535, description="port the web process listens on")
    web_workers: int = Field(1, ge=1, description="gunicorn's worker processes")
    web_threads: int = Field(8, ge=1, description="threads of each worker")
    static_dir: StaticDir = ""
    admin_sessions: AdminSessionsSetting = "db"

    @field_validator("webhook_ports")
    @classmethod
    def _are_ports(cls, value: str) -> str:
        if not all(port.strip().isdecimal() and 0 < int(port) < 65536 for port in value.split(",")):
            raise ValueError("must be ports, separated by commas")
        return value

    @property
    def webhook_ports_taken(self) -> frozenset[int]:
        return frozenset(map(int, self.webhook_ports.split(",")))


def settings() -> BlogSettings:
    """The settings of this process; raises SettingsError with a sentence for the person who set them."""
    return load(BlogSettings)
