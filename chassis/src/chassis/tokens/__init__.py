"""Access tokens and the keys they are verified with."""

from chassis.tokens.jwks_client import JwksClient
from chassis.tokens.keys import KeySet, VerifyingKey
from chassis.tokens.verifier import Claims, TokenRefused, UnknownKey, Verifier, bearer

__all__ = ["Claims", "JwksClient", "KeySet", "TokenRefused", "UnknownKey", "Verifier", "VerifyingKey", "bearer"]
