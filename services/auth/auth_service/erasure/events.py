"""The steps in which an account is erased everywhere: announced, carried out, confirmed."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field


class _Erasure(EventData):
    request_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000e1"])
    user_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000a1"])
    policy: str = Field(description="delete, or anonymise what others have answered to", examples=["delete"])


@event("auth.erasure.requested.v1", aggregate="erasure", id_field="request_id", optional_subscribers=True)
class ErasureRequested(_Erasure):
    """A user asked to be erased; there is still time to change their mind."""


@event("auth.erasure.execute.v1", aggregate="erasure", id_field="request_id", optional_subscribers=True)
class ErasureExecute(_Erasure):
    """The time is over: every service erases what it holds of the user."""


@event("auth.erasure.completed.v1", aggregate="erasure", id_field="request_id", optional_subscribers=True)
class ErasureCompleted(_Erasure):
    """Every service has reported that it is done."""
