"""The keys that access tokens are verified with."""

from django.utils import timezone
from django.utils.cache import patch_cache_control
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.keys.selectors import jwks
from auth_service.keys.services import signing_key_ensure


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
    def get(self, _request: Request) -> Response:
        """The public keys of access tokens (RFC 7517)."""
        now = timezone.now()
        published = jwks(now=now)
        if not published["keys"]:
            signing_key_ensure(now=now)
            published = jwks(now=now)
        response = Response(published)
        patch_cache_control(response, public=True, max_age=60)
        return response
