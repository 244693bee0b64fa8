"""Accounts as other services ask for them when no event has told them yet."""

import re

from chassis.django.internal_access import FromAService
from chassis.internal_access import id_of
from chassis.problems import Problem
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.users.internal.shapes import AuthorSnapshotShape
from auth_service.users.models import USERNAME, User
from auth_service.users.selectors import authors_list, authors_page

_MOST = 100  # authors in one answer


@extend_schema(exclude=True)
class Authors(APIView):
    authentication_classes = []
    permission_classes = [FromAService]

    def get(self, request: Request) -> Response:
        """Public profiles by ``?ids=`` and ``?usernames=``, or page by page those with an id above ``?after=``."""
        if "after" in request.query_params:
            return _answer(authors_page(after=id_of(request.query_params["after"]), size=_MOST))
        ids, usernames = (_listed(request, name) for name in ("ids", "usernames"))
        if len(ids) + len(usernames) > _MOST:
            raise Problem(400, "too_many", f"Ask for at most {_MOST} authors at once.")
        possible = [name for name in usernames if re.fullmatch(USERNAME, name)]
        return _answer(authors_list(ids=[id_of(text) for text in ids], usernames=possible))


def _answer(users: QuerySet[User]) -> Response:
    """Who does not exist or may not write is left out."""
    rows = users.values(*AuthorSnapshotShape.columns())
    return Response({"authors": [AuthorSnapshotShape.from_row(row) for row in rows]})


def _listed(request: Request, name: str) -> list[str]:
    return [text for text in request.query_params.get(name, "").split(",") if text]
