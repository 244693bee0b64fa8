"""The settings of auth, read from the environment once and typed."""

import re
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from chassis.realworld import TOKEN_SECONDS
from chassis.settings import (
    AdminSessionsSetting,
    BaseUrl,
    FormerSecret,
    GeneratedSecret,
    Secret,
    ServiceSettings,
    StaticDir,
    load,
)
from pydantic import AfterValidator, Field, model_validator


def _mail_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps", "smtp+plain", "console", "file"}:
        raise ValueError("must begin with smtp:, smtps:, smtp+plain:, console: or file:")
    if parts.scheme.startswith("smtp") and not parts.hostname:
        raise ValueError("names no host, like smtps://user:password@mail.example.org")
    return value


def _client_digests(value: str) -> str:
    wrong = [item for item in value.split(",") if value and not re.fullmatch(r"[a-z]+=[0-9a-f]{64}", item.strip())]
    if wrong:
        raise ValueError("must be like blog=DIGEST,gateway=DIGEST, each the SHA-256 of a client secret in hex")
    return value


def _sender(value: str) -> str:
    if "@" not in value or not value.isprintable():
        raise ValueError("must be an address, like Broadsheet <no-reply@example.org>")
    return value


def _activation(data: dict[str, Any]) -> bool:
    return data.get("environment") == "production" and data.get("mail_url", "").startswith("smtp")


class AuthSettings(ServiceSettings):
    """AUTH_… variables beside the shared ones."""

    service: ClassVar[str] = "auth"

    database_url: Secret = Field("sqlite:///var/auth.sqlite3", description="accounts: sqlite:/// or postgresql://")
    secret_key: GeneratedSecret = Field(
        "development-auth-secret-key-of-no-worth",
        description="signs the admin's cookies, the chain of refresh tokens and CSRF tokens",
    )
    key_encryption_key: GeneratedSecret = Field(
        "development-auth-key-encryption-key", description="encrypts the signing keys in the database"
    )
    secret_key_fallback: FormerSecret = Field(
        "",
        description="the AUTH_SECRET_KEY before this one, while cookies, chains and claims of addresses of it count;"
        " else empty",
    )
    key_encryption_key_fallback: FormerSecret = Field(
        "", description="another key that what is encrypted may be under, while one follows the other; else empty"
    )
    client_digests: Annotated[Secret, AfterValidator(_client_digests)] = Field(
        "",
        description="the services that may get service tokens: NAME=SHA-256 of its client secret, separated by commas;"
        " two of one name both count. Development finds them in VAR_DIR/secrets",
    )
    host: str = Field("127.0.0.1", description="address the web process listens on; :: takes IPv4 too")
    port: int = Field(8010, ge=1, le=65535, description="port the web process listens on")
    web_workers: int = Field(1, ge=1, description="gunicorn's worker processes")
    web_threads: int = Field(8, ge=1, description="threads of each worker")
    static_dir: StaticDir = ""
    admin_sessions: AdminSessionsSetting = "db"
    access_token_seconds: int = Field(600, ge=60, le=3600, description="life of an access token")
    realworld_token_seconds: int = Field(
        TOKEN_SECONDS,
        ge=600,
        le=TOKEN_SECONDS,
        description="life of a log-in by RealWorld's dialect, and of its tokens",
    )
    realworld_passwords: bool = Field(
        default_factory=lambda data: data.get("environment") != "production",
        description="whether that dialect takes the weak passwords of its published tests: eight characters, however"
        " common; not in production unless set",
    )
    refresh_grace_seconds: int = Field(
        10, ge=0, le=60, description="how long a used refresh token still gives its successor"
    )
    session_days: int = Field(30, ge=1, description="days a session lives on after it was last used")
    sessions_per_user: int = Field(
        100, ge=1, description="sessions an account may have; another log-in ends the one unused for longest"
    )
    personal_tokens_per_user: int = Field(50, ge=1, description="personal access tokens an account may have")
    personal_token_days: int = Field(366, ge=1, description="days that a personal access token lives at most")
    key_ahead_seconds: int = Field(
        900, ge=0, description="how long a new signing key is published before it signs: more than any JWKS is cached"
    )

    hashes_at_once: int = Field(
        4,
        ge=1,
        description="passwords a web process hashes at once, each with a core and 19 MiB; others wait, then 503",
    )
    brake_seconds: int = Field(
        600, ge=1, le=3600, description="how long attempts count, and the longest that anybody is held back"
    )
    wrong_passwords_per_account: int = Field(
        20, ge=1, description="wrong passwords for one login by strangers, and again from each address it knows"
    )
    wrong_codes_per_account: int = Field(
        10, ge=1, description="wrong codes of a second factor for one account by strangers, and from each known address"
    )
    wrong_passwords_per_address: int = Field(
        100, ge=1, description="wrong passwords from one address, which is 64 bits of an IPv6 one"
    )
    wrong_tokens_per_address: int = Field(
        1_000, ge=1, description="wrong tokens of mailed links, to refresh or to verify, from one address"
    )
    registrations_per_address: int = Field(100, ge=1, description="accounts opened, or tried to, from one address")
    mails_per_account: int = Field(10, ge=1, description="times one address may ask for mails to one account")
    mails_per_address: int = Field(100, ge=1, description="times one address may ask for mails")

    mail_url: Annotated[Secret, AfterValidator(_mail_url)] = Field(
        "file:",
        description="how mail leaves: smtps://user:password@host, smtp://… (STARTTLS), smtp+plain://…, console: or"
        " file: (VAR_DIR/mail)",
    )
    mail_sender: Annotated[str, AfterValidator(_sender)] = Field(
        default_factory=lambda data: f"Broadsheet <no-reply@{urlsplit(data.get('public_url', '')).hostname}>",
        description="From of mails; no-reply at PUBLIC_URL's host unless set",
    )
    links_url: BaseUrl = Field(
        default_factory=lambda data: f"{data.get('public_url', '')}/account",
        description="where links in mails lead, to pages of a front end; auth's own, PUBLIC_URL/account, unless set",
    )

    activation: bool = Field(
        default_factory=_activation,
        description="whether a new account waits for its mail to be answered; on in production with SMTP unless set",
    )
    email_undo_days: int = Field(
        7, ge=1, description="days for which a change of the e-mail address can be undone, and the old one is kept"
    )
    former_username_days: int = Field(
        90, ge=0, description="days for which a username that was changed is kept from others"
    )
    activation_days: int = Field(7, ge=3, description="days after which an account that was never activated is deleted")
    deletion_days: int = Field(
        14, ge=0, description="days in which an account that is to be deleted can still be kept, by logging in"
    )
    erasure_patience_seconds: int = Field(
        3600, ge=1, description="how long a service may take to erase an account until it is asked again"
    )
    audit_days: int = Field(365, ge=1, description="days that entries of the audit log are kept")

    @model_validator(mode="after")
    def _know_the_clients(self) -> Self:
        if self.production and not self.client_digests:
            raise ValueError("AUTH_CLIENT_DIGESTS is empty; the other services get no tokens without it")
        return self

    @property
    def digests_of_clients(self) -> list[tuple[str, str]]:
        """Name and digest of every client secret."""
        pairs = [item.strip().split("=") for item in self.client_digests.split(",") if self.client_digests]
        return [(name, digest) for name, digest in pairs]

    @property
    def public_origin(self) -> str:
        """The origin of pages that the API's own host serves."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def access_token_life(self) -> timedelta:
        return timedelta(seconds=self.access_token_seconds)

    @property
    def realworld_token_life(self) -> timedelta:
        return timedelta(seconds=self.realworld_token_seconds)

    @property
    def longest_token_life(self) -> timedelta:
        return max(self.access_token_life, self.realworld_token_life)

    @property
    def email_undo_time(self) -> timedelta:
        return timedelta(days=self.email_undo_days)

    @property
    def former_username_hold(self) -> timedelta:
        return timedelta(days=self.former_username_days)

    @property
    def deletion_grace(self) -> timedelta:
        return timedelta(days=self.deletion_days)

    @property
    def erasure_patience(self) -> timedelta:
        return timedelta(seconds=self.erasure_patience_seconds)

    @property
    def personal_token_life(self) -> timedelta:
        return timedelta(days=self.personal_token_days)

    @property
    def session_life(self) -> timedelta:
        return timedelta(days=self.session_days)


def settings() -> AuthSettings:
    """The settings of this process; raises SettingsError with a sentence for the person who set them."""
    return load(AuthSettings)
