"""Lists in version 2: a limit, and a cursor that means nothing to clients."""

import base64
from dataclasses import dataclass
from uuid import UUID

from chassis.problems import FieldError, Problem, invalid_fields
from django.db.models import QuerySet
from rest_framework.request import Request

from auth_service.sessions.models import Session

_DEFAULT, _MOST = 20, 100


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Session]
    next_cursor: str | None


def page_of(sessions: QuerySet[Session], request: Request) -> Page:
    """The page the request asks for, of sessions ordered by falling id; raises Problem for a wrong one."""
    limit = _limit(request.query_params.get("limit"))
    cursor = request.query_params.get("cursor")
    if cursor is not None:
        sessions = sessions.filter(id__lt=_id_of(cursor))
    found = list(sessions[: limit + 1])
    items = found[:limit]
    return Page(items, _cursor_of(items[-1].id) if len(found) > limit else None)


def _limit(text: str | None) -> int:
    if text is None:
        return _DEFAULT
    if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0):
        raise invalid_fields([FieldError("/limit", "invalid", "Not a whole number from 1 up.")])
    return min(int(text[:9]), _MOST)


def _cursor_of(session_id: UUID) -> str:
    return base64.urlsafe_b64encode(session_id.bytes).rstrip(b"=").decode()


def _id_of(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except ValueError:
        raise Problem(400, "cursor_invalid", "This cursor is none of ours.") from None
