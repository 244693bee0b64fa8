"""How sessions are shown."""

from uuid import UUID

from chassis.django.shapes import Moment, Shape


class SessionShape(Shape):
    """A session in the list of its user's."""

    id: UUID
    created_at: Moment
    last_used_at: Moment
    user_agent: str
    ip: str | None
    current: bool
