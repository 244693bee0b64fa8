"""Access tokens and the keys they are verified with."""

from chassis.tokens.jwks_client import JwksClient
from chassis.tokens.keys import KeySet, VerifyingKey
from chassis.tokens.refusals import TITLES, TokenRefused, UnknownKey
from chassis.tokens.verifier import Claims, Verifier, bearer

__all__ = [
    "TITLES",
    "Claims",
    "JwksClient",
    "KeySet",
    "TokenRefused",
    "UnknownKey",
    "Verifier",
    "VerifyingKey",
    "bearer",
]
