"""Who may ask under ``/internal/``: services with a token for this one, where ``contracts/access.yaml`` lists them."""

import hmac
from collections.abc import Mapping
from uuid import UUID

from chassis.access import require_caller
from chassis.problems import Problem
from chassis.service_credentials import SERVICE_TOKEN_HEADER
from chassis.settings import ServiceSettings
from chassis.tokens import ServiceVerifier, bearer


def require_service(
    headers: Mapping[str, str], method: str, path: str, *, verifier: ServiceVerifier, settings: ServiceSettings
) -> None:
    """Let only other services through; ``path`` is a template.

    SERVICE_TOKEN counts where it is set and no token is shown. Raises TokenRefused (401), or Problem: 401
    ``service_token_invalid``, 403 ``caller_not_listed``.
    """
    token = bearer(headers.get("Authorization"))
    if token is not None:
        require_caller(verifier.verify(token), settings.service, method, path)
    elif not _equal(headers.get(SERVICE_TOKEN_HEADER, ""), settings.service_token):
        raise Problem(401, "service_token_invalid", "This path is for the other services.")


def _equal(given: str, former: str) -> bool:
    return bool(former) and hmac.compare_digest(given.encode(), former.encode())


def id_of(text: str) -> UUID:
    """The id that another service asks by; raises Problem (400)."""
    try:
        return UUID(text)
    except ValueError:
        raise Problem(400, "id_invalid", f"{text[:40]!r} is not an id.") from None
