"""For whom posts are taken in: by an access token, or by a personal one, which lasts as long as an import does."""

from dataclasses import dataclass, field
from functools import cache

from chassis.access import listed
from chassis.client_credentials import client_credentials
from chassis.clock import now
from chassis.django.authentication import verifier
from chassis.internal_client import InternalClient, InternalUnavailable
from chassis.problems import Problem
from chassis.tokens import TITLES, Claims, TokenRefused, personal

from blog_service.settings import settings

FRESH_SECONDS = 300
"""That an access token must still last: within them a post with its pictures is taken."""


@dataclass(slots=True)
class Bearer:
    """Whose the token is that was given."""

    given: str = field(repr=False)
    _claims: Claims | None = None
    _access: str = field(default="", repr=False)

    def present(self) -> tuple[Claims, str]:
        """What the token says, and an access token of its owner's; raises Problem: 401, 403, 503.

        Auth is asked about a personal one again and again: it may be over, and its owner may do other things by now.
        """
        is_personal = self.given.startswith(personal.PREFIX)
        if self._claims is None or (is_personal and self._claims.exp < now().timestamp() + FRESH_SECONDS):
            self._access = _exchanged(self.given) if is_personal else self.given
            self._claims = verifier().verify(self._access)
            listed("POST", "/api/v1/posts").require(self._claims)
        return self._claims, self._access


def _exchanged(token: str) -> str:
    if not personal.is_well_formed(token):
        raise TokenRefused("token_malformed")
    try:
        told = _auth().post_json("/internal/personal-tokens", {"token": token})
    except InternalUnavailable as error:
        raise Problem(503, "auth_unavailable", "Auth cannot be asked about the token now.") from error
    if told.get("refused") in TITLES:
        raise TokenRefused(told["refused"])
    return str(told["access_token"])


@cache
def _auth() -> InternalClient:
    return InternalClient(settings().auth_url, client_credentials(settings(), "auth"))
