"""What others learn about signing keys."""

from chassis.events.types import EventData, event
from pydantic import AwareDatetime, Field

_KID = "qHyM5_6m1Lyp2wcFvQZIGw2pFtDT1ejJt6f0fvvkLoA"


@event("auth.key.rotated.v1", aggregate="key", id_field="kid", optional_subscribers=True)
class KeyRotated(EventData):
    """A new signing key is published; it signs from ``not_before``, and its predecessor leaves at ``retire_at``."""

    kid: str = Field(description="Thumbprint of the new key (RFC 7638).", examples=[_KID])
    not_before: AwareDatetime = Field(examples=["2026-11-23T10:15:00.000Z"])
    retire_at: AwareDatetime = Field(examples=["2026-11-23T10:25:30.000Z"])


@event("auth.key.revoked.v1", aggregate="key", id_field="kid", optional_subscribers=True)
class KeyRevoked(EventData):
    """A signing key is withdrawn before its time: no token it signed counts any more."""

    kid: str = Field(description="Thumbprint of the key (RFC 7638).", examples=[_KID])
    revoked_at: AwareDatetime = Field(examples=["2026-11-23T10:15:00.000Z"])
