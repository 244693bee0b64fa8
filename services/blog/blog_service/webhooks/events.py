"""What others learn about webhooks, and what a webhook is sent to try it."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

WEBHOOK = UUID("01900000-0000-7000-8000-000000000301")
OWNER = UUID("01900000-0000-7000-8000-0000000000a1")


@event("blog.webhook.disabled.v1", aggregate="webhook", id_field="webhook_id")
class WebhookDisabled(EventData):
    """Nothing is sent to a webhook any more, and nobody asked for that: its owner is to be told."""

    webhook_id: UUID = Field(examples=[WEBHOOK])
    owner_id: UUID = Field(examples=[OWNER])
    host: str = Field(description="of its address, whose rest may be secret", examples=["hooks.example.org"])
    reason: str = Field(description="failing, gone or backlog", examples=["failing"])
