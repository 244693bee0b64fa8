"""What others learn about log-ins: which of them are over."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import AwareDatetime, Field


@event("auth.session.revoked.v1", aggregate="session", id_field="session_id", optional_subscribers=True)
class SessionRevoked(EventData):
    """A session is over: its access tokens are to be refused until the last one has expired by itself."""

    user_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000a1"])
    session_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000d1"])
    expires_at: AwareDatetime = Field(
        description="When the last access token of the session expires.", examples=["2026-11-23T10:10:00.000Z"]
    )
