"""Access tokens, service tokens and the keys they are verified with."""

from chassis.tokens.jwks_client import JwksClient
from chassis.tokens.keys import KeySet, VerifyingKey
from chassis.tokens.refusals import TITLES, TokenRefused, UnknownKey
from chassis.tokens.service_verifier import SERVICE_TOKEN_TYPE, ServiceVerifier
from chassis.tokens.verifier import Claims, Verifier, bearer

__all__ = [
    "SERVICE_TOKEN_TYPE",
    "TITLES",
    "Claims",
    "JwksClient",
    "KeySet",
    "ServiceVerifier",
    "TokenRefused",
    "UnknownKey",
    "Verifier",
    "VerifyingKey",
    "bearer",
]
