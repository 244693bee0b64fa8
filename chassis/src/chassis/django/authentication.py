"""The caller of a Django view, from the access token."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from chassis import realworld
from chassis.django.health import health
from chassis.logging import bind_user
from chassis.revocations import RevocationFeed, feed_of
from chassis.tokens import Claims, JwksClient, Verifier, VerifyingKey, bearer


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a verified token says is calling."""

    claims: Claims
    is_authenticated = True
    is_anonymous = False
    is_active = True

    @property
    def id(self) -> UUID:
        return self.claims.sub

    @property
    def pk(self) -> UUID:
        return self.claims.sub

    @property
    def username(self) -> str:
        return self.claims.username


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody: there is no token."""

    id = None
    pk = None
    username = ""
    is_authenticated = False
    is_anonymous = True
    is_active = False


class BearerAuthentication(BaseAuthentication):
    """``request.user`` is a Principal and ``request.auth`` its claims; an invalid token is refused, never anonymous."""

    scheme = "Bearer"

    def authenticate(self, request: Request) -> tuple[Principal, Claims] | None:
        token = bearer(request.headers.get("Authorization"), self.scheme)
        if token is None:
            return None
        claims = self.verifier().verify(token)
        revocations().tokens.require_live(claims)
        bind_user(claims.sub)
        return Principal(claims), claims

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return self.scheme

    def verifier(self) -> Verifier:
        """Checks the tokens that are taken here."""
        return verifier()


class RealWorldAuthentication(BearerAuthentication):
    """Authenticate by tokens of RealWorld's dialect, and by no others."""

    scheme = realworld.SCHEME

    def verifier(self) -> Verifier:
        return verifier(realworld.audience_of(settings.SERVICE_SETTINGS.token_audience))


def verifier(audience: str | None = None) -> Verifier:
    """Checks tokens as the settings say, for another audience where one is given."""
    service = settings.SERVICE_SETTINGS
    return Verifier(token_keys(), issuer=service.token_issuer, audience=audience or service.token_audience)


def token_keys() -> Callable[[str], VerifyingKey | None]:
    """TOKEN_KEYS: a function from kid to key, or its dotted name."""
    keys: Callable[[str], VerifyingKey | None] | str = settings.TOKEN_KEYS
    return import_string(keys) if isinstance(keys, str) else keys


def key_of_issuer(kid: str) -> VerifyingKey | None:
    """The default TOKEN_KEYS: the key set that auth publishes."""
    return _jwks_client(settings.SERVICE_SETTINGS.auth_url).get(kid)


@cache
def revocations() -> RevocationFeed:
    """The list of revoked tokens; empty, and nothing is asked, until ``follow_issuer`` has started it."""
    return feed_of(settings.SERVICE_SETTINGS)


def follow_issuer() -> None:
    """Fetch the keys and what was revoked in the background, unless this service is the issuer and looks by itself.

    The first token then need not wait. Call it in the process that serves.
    """
    if f"{__name__}.{key_of_issuer.__name__}" == settings.TOKEN_KEYS:
        _jwks_client(settings.SERVICE_SETTINGS.auth_url).start()
        feed = revocations()
        feed.start()
        health.check("revocations", feed.ready)
        health.warn("revocations", feed.current)


@cache
def _jwks_client(auth_url: str) -> JwksClient:
    return JwksClient(f"{auth_url}/.well-known/jwks.json")
