"""The clients: the other services, each known by the SHA-256 of its secrets, for auth keeps none of them.

A secret has 32 random characters or more, which nobody finds by trying, so it needs no slow hash.
"""

import hashlib
import hmac

from auth_service.settings import AuthSettings

_ENDING = "_CLIENT_SECRET"


def is_client(client: str, secret: str, settings: AuthSettings) -> bool:
    """Whether it is one of the client's secrets; two count while one follows the other."""
    given = _digest(secret)
    return any(
        hmac.compare_digest(known, given)
        for name, known in [*settings.digests_of_clients, *_made_in_development(settings)]
        if name == client
    )


def _made_in_development(settings: AuthSettings) -> list[tuple[str, str]]:
    """There the services make their secrets themselves, in the folder that they share with auth."""
    if settings.production:
        return []
    files = (settings.var_dir / "secrets").glob(f"*{_ENDING}")
    return [(file.name.removesuffix(_ENDING).lower(), _digest(file.read_text().strip())) for file in files]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
