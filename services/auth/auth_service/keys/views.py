"""The keys that access tokens are verified with."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from auth_service.keys.document import answer, document


class Jwks(APIView):
    authentication_classes = []

    @extend_schema(
        responses={
            200: {
                "type": "object",
                "properties": {"keys": {"type": "array", "items": {"type": "object"}}},
                "required": ["keys"],
            }
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """The public keys of access tokens (RFC 7517)."""
        # a verifier that looks for a key which has just followed another one says so
        find = document.renew if "no-cache" in request.headers.get("Cache-Control", "") else document.get
        return answer(*find(now=timezone.now()))
