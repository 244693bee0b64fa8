"""What others are asked to do about an account that is deleted, and what they are told when all have."""

from typing import Literal
from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

_REQUEST = "01900000-0000-7000-8000-0000000000e1"
_ADA = "01900000-0000-7000-8000-0000000000a1"


@event("auth.erasure.execute.v1", aggregate="erasure", id_field="request_id")
class ErasureExecute(EventData):
    """Erase all there is of this user, or make it nobody's, and answer with how much that was.

    It is asked again until there is an answer; who has answered already does so again.
    """

    request_id: UUID = Field(examples=[_REQUEST])
    user_id: UUID = Field(examples=[_ADA])
    policy: Literal["erase"] = Field(examples=["erase"])


@event("auth.erasure.completed.v1", aggregate="erasure", id_field="request_id")
class ErasureCompleted(EventData):
    """Everybody has answered: nobody sends anything about this user any more, so what events said can be forgotten."""

    request_id: UUID = Field(examples=[_REQUEST])
