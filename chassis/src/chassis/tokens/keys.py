"""The public keys that access tokens are verified with, read from a JWKS (RFC 7517)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt import PyJWK, PyJWTError

from chassis.metrics import gauge


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key, with the one algorithm it may be used for."""

    kid: str
    algorithm: str
    public_key: EllipticCurvePublicKey


class KeySet:
    """The keys of the last good JWKS. Replaced as a whole, so threads may read while another one refreshes."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._keys: dict[str, VerifyingKey] = {}
        self._filled_at: float | None = None

    def replace(self, jwks: Any) -> None:
        """Take over a JWKS; raises ValueError, and keeps the old keys, if no usable key is in it."""
        listed = jwks.get("keys") if isinstance(jwks, dict) else None
        items = listed if isinstance(listed, list) else []
        keys = {key.kid: key for item in items if isinstance(item, dict) and (key := _verifying_key(item))}
        if not keys:
            raise ValueError("the JWKS holds no ES256 key")
        self._keys, self._filled_at = keys, self._now()
        gauge("jwks_fetched_timestamp_seconds").set_to_current_time()

    def get(self, kid: str) -> VerifyingKey | None:
        return self._keys.get(kid)

    def kids(self) -> frozenset[str]:
        return frozenset(self._keys)

    @property
    def age_seconds(self) -> float:
        """Seconds since the last good JWKS; infinite before the first one."""
        return float("inf") if self._filled_at is None else self._now() - self._filled_at


def _verifying_key(jwk: dict[str, Any]) -> VerifyingKey | None:
    if (jwk.get("kty"), jwk.get("crv"), jwk.get("alg"), jwk.get("use", "sig")) != ("EC", "P-256", "ES256", "sig"):
        return None
    try:
        return VerifyingKey(str(jwk["kid"]), "ES256", PyJWK(jwk).key)
    except (PyJWTError, KeyError):
        return None
