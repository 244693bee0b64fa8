"""How the audit log is shown."""

from typing import Any
from uuid import UUID

from chassis.django.shapes import Moment, Shape


class AuditEntryShape(Shape):
    """One act. More kinds of ``action`` may come; ``detail`` depends on it."""

    id: UUID
    at: Moment
    action: str
    ip: str | None
    user_agent: str
    session_id: UUID | None
    detail: dict[str, Any]


class AuditShape(Shape):
    items: list[AuditEntryShape]
    next_cursor: str | None
