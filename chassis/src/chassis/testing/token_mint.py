"""An issuer of access tokens with a key of its own."""

import time
from typing import Any
from uuid import UUID

import jwt
import uuid_utils.compat as uuid_utils
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chassis.tokens import SERVICE_TOKEN_TYPE


class TokenMint:
    """Mints tokens as auth does, and publishes the key they are verified with."""

    def __init__(self, issuer: str, audience: str, kid: str = "test-key") -> None:
        self.issuer = issuer
        self.audience = audience
        self.kid = kid
        self.private_key = ec.generate_private_key(ec.SECP256R1())

    def jwks(self) -> dict[str, Any]:
        """The public half as a JWKS."""
        jwk = ECAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        return {"keys": [jwk | {"kid": self.kid, "use": "sig", "alg": "ES256"}]}

    def access(
        self,
        sub: UUID,
        username: str,
        *,
        roles: tuple[str, ...] = ("reader", "author"),
        scope: str = "",
        headers: dict[str, Any] | None = None,
        **overrides: Any,
    ) -> str:
        """A token of ten minutes; ``overrides`` replace claims, and None removes one."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(sub),
            "sid": str(uuid_utils.uuid7()),
            "username": username,
            "roles": list(roles),
            "scope": scope,
            "iat": now,
            "nbf": now,
            "exp": now + 600,
            "jti": str(uuid_utils.uuid7()),
            "auth_time": now,
        } | overrides
        return self._signed(claims, {"typ": "at+jwt"} | (headers or {}))

    def service(self, client: str, audience: str, *, headers: dict[str, Any] | None = None, **overrides: Any) -> str:
        """A service token of ten minutes, changed as ``access`` is."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": audience, "sub": client, "iat": now, "nbf": now, "exp": now + 600}
        return self._signed(claims | {"jti": "1"} | overrides, {"typ": SERVICE_TOKEN_TYPE} | (headers or {}))

    def _signed(self, claims: dict[str, Any], headers: dict[str, Any]) -> str:
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(said, self.private_key, "ES256", {"kid": self.kid} | headers)
