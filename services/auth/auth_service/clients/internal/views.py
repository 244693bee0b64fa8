"""Where services get their tokens: client credentials (RFC 6749, 4.4), of one audience (RFC 8693, 2.1)."""

import base64
from typing import cast
from urllib.parse import unquote_plus

from chassis.problems import Problem
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.clients.digests import is_client
from auth_service.clients.services import service_token_issue
from auth_service.settings import settings


@extend_schema(exclude=True)
class Tokens(APIView):
    authentication_classes = []
    permission_classes = []
    parser_classes = [FormParser]

    def post(self, request: Request) -> Response:
        """A token for a client, to ask one audience with."""
        client = _client(request.headers.get("Authorization", ""))
        form = cast("QueryDict", request.data)
        if form.get("grant_type") != "client_credentials":
            raise Problem(400, "unsupported_grant_type", "Services get tokens by client_credentials alone.")
        token = service_token_issue(client, form.get("audience", ""), now=timezone.now())
        answer = {"access_token": token.text, "token_type": "Bearer", "expires_in": int(token.seconds)}
        return Response(answer, headers={"Cache-Control": "no-store"})


def _client(authorization: str) -> str:
    """Who authenticates by HTTP Basic (RFC 6749, 2.3.1); raises Problem (401) ``invalid_client``."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        name = secret = ""
    client = unquote_plus(name)
    if scheme.lower() != "basic" or not is_client(client, unquote_plus(secret), settings()):
        challenge = {"WWW-Authenticate": 'Basic realm="internal"'}
        raise Problem(401, "invalid_client", "No service has this name and secret.", headers=challenge)
    return client
