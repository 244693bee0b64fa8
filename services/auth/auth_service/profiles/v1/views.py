"""Profiles in version 1."""

from django.http import Http404
from django.utils.cache import patch_cache_control
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.profiles.selectors import profile_get
from auth_service.users.shapes import PublicProfileShape


class PublicProfile(APIView):
    @extend_schema(responses=PublicProfileShape)
    def get(self, _request: Request, username: str) -> Response:
        """A user's public profile, the same for everybody."""
        profile = profile_get(username)
        if profile is None:
            raise Http404
        response = Response(PublicProfileShape.from_instance(profile))
        patch_cache_control(response, public=True, max_age=0, s_maxage=60, stale_while_revalidate=30)
        return response
