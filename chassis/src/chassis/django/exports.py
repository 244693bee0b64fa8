"""What a service holds about somebody, told to the service that makes an archive of it: a line of JSON for each row."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model
from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from chassis.django.internal_access import FromAService

Rows = Callable[[UUID], Iterable[Mapping[str, Any]]]


AT_ONCE = 500  # rows in memory


class Part(NamedTuple):
    """The rows of a table that are about somebody, and the name of their file in the archive."""

    table: str
    file: str
    rows: Rows


def rows(model: type[Model], *columns: str, owner: str = "user_id", **named: F) -> Rows:
    """The named columns, and others under names, of the rows whose ``owner`` is asked for, oldest first."""

    def of(user_id: UUID) -> Iterable[Mapping[str, Any]]:
        theirs = model._default_manager.filter(**{owner: user_id}).order_by("pk")
        return theirs.values(*columns, **named).iterator(chunk_size=AT_ONCE)

    return of


@extend_schema(exclude=True)
class Held(APIView):
    """A view of these ``parts``."""

    authentication_classes = []
    permission_classes = [FromAService]
    parts: Sequence[Part] = ()

    def get(self, _request: Request, user_id: UUID) -> StreamingHttpResponse:
        """All that is held about a user: lines of ``["file", {row}]``, those of a file together."""
        return StreamingHttpResponse(_lines(self.parts, user_id), content_type="application/jsonl")


def _lines(parts: Iterable[Part], user_id: UUID) -> Iterator[str]:
    for part in parts:
        for row in part.rows(user_id):
            yield json.dumps([part.file, row], cls=DjangoJSONEncoder, ensure_ascii=False) + "\n"
