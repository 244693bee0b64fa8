"""The public keys that access tokens are verified with, read from a JWKS (RFC 7517)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt import PyJWK, PyJWTError

from chassis.metrics import gauge

MAX_AGE_SECONDS = 3_900
"""How long the last good JWKS is believed: AUTH_ACCESS_TOKEN_SECONDS at its most, and some minutes.

An issuer that was away for longer has signed no access token that still lives; tokens of RealWorld's dialect, which
live longer, wait until it is back.
"""


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key, with the one algorithm it may be used for."""

    kid: str
    algorithm: str
    public_key: EllipticCurvePublicKey
    not_after: float = inf
    """Seconds since 1970 from which it verifies nothing more, whether or not a newer JWKS could be had."""


class KeySet:
    """The keys of the last good JWKS. Replaced as a whole, so threads may read while another one refreshes.

    They are believed for MAX_AGE_SECONDS: a key that was withdrawn meanwhile must not verify for ever.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, clock: Callable[[], float] = time.time) -> None:
        self._now = now
        self._clock = clock
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
        key = self._keys.get(kid)
        return key if key and self._clock() < key.not_after and self.usable else None

    def kids(self) -> frozenset[str]:
        return frozenset(self._keys)

    @property
    def usable(self) -> bool:
        """Whether there is a JWKS, and one young enough to be believed."""
        return self.age_seconds < MAX_AGE_SECONDS

    @property
    def age_seconds(self) -> float:
        """Seconds since the last good JWKS; infinite before the first one."""
        return float("inf") if self._filled_at is None else self._now() - self._filled_at


def _verifying_key(jwk: dict[str, Any]) -> VerifyingKey | None:
    if (jwk.get("kty"), jwk.get("crv"), jwk.get("alg"), jwk.get("use", "sig")) != ("EC", "P-256", "ES256", "sig"):
        return None
    try:
        return VerifyingKey(str(jwk["kid"]), "ES256", PyJWK(jwk).key, float(jwk.get("exp", inf)))
    except (PyJWTError, KeyError, TypeError, ValueError):
        return None
