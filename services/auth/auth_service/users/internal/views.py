"""Accounts as other services ask for them when no event has told them yet."""

import re
from uuid import UUID

from chassis.client_address import address
from chassis.django.bodies import read
from chassis.internal_client import CLIENT_ADDRESS_HEADER
from chassis.problems import Problem
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.audit.models import Action
from auth_service.audit.origin import Origin, acting_from
from auth_service.audit.services import audit_record
from auth_service.brakes.clients import Client
from auth_service.clients.permissions import FromAService
from auth_service.users.bodies import CredentialsBody
from auth_service.users.internal.shapes import AuthorSnapshotShape, CredentialsShape
from auth_service.users.models import USERNAME, User
from auth_service.users.selectors import authors_list, authors_page
from auth_service.users.services import user_authenticate

_MOST = 100  # authors in one answer


@extend_schema(exclude=True)
class Authors(APIView):
    authentication_classes = []
    permission_classes = [FromAService]

    def get(self, request: Request) -> Response:
        """Public profiles by ``?ids=`` and ``?usernames=``, or page by page those with an id above ``?after=``."""
        if "after" in request.query_params:
            return _answer(authors_page(after=_uuid(request.query_params["after"]), size=_MOST))
        ids, usernames = (_listed(request, name) for name in ("ids", "usernames"))
        if len(ids) + len(usernames) > _MOST:
            raise Problem(400, "too_many", f"Ask for at most {_MOST} authors at once.")
        possible = [name for name in usernames if re.fullmatch(USERNAME, name)]
        return _answer(authors_list(ids=[_uuid(text) for text in ids], usernames=possible))


@extend_schema(exclude=True)
class Credentials(APIView):
    authentication_classes = []
    permission_classes = [FromAService]

    def post(self, request: Request) -> Response:
        """Whose log-in and password these are; no session is opened. 401 and 429 as for everybody."""
        client = Client(address(request.headers.get(CLIENT_ADDRESS_HEADER, "")))
        with acting_from(lambda: Origin(ip=str(client.address) if client.address else None)):
            user = user_authenticate(**read(CredentialsBody, request.data), client=client, now=timezone.now())
            audit_record(Action.ADMIN_ENTERED, user_id=user.id, actor=user.id, admin="blog")
        return Response(CredentialsShape.from_instance(user))


def _answer(users: QuerySet[User]) -> Response:
    """Who does not exist or may not write is left out."""
    rows = users.values(*AuthorSnapshotShape.columns())
    return Response({"authors": [AuthorSnapshotShape.from_row(row) for row in rows]})


def _listed(request: Request, name: str) -> list[str]:
    return [text for text in request.query_params.get(name, "").split(",") if text]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem(400, "id_invalid", f"{text[:40]!r} is not an id.") from None
