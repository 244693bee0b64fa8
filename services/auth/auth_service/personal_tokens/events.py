"""What others learn about personal access tokens: which of them are over."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import AwareDatetime, Field


@event("auth.personal_token.revoked.v1", aggregate="personal_token", id_field="token_id", optional_subscribers=True)
class PersonalTokenRevoked(EventData):
    """A personal token was deleted: what it was exchanged for is to be refused until it has expired by itself."""

    user_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000a1"])
    token_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000f1"])
    expires_at: AwareDatetime = Field(
        description="When the last access token that was given for it expires.", examples=["2026-11-23T10:10:00.000Z"]
    )
