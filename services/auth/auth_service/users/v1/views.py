"""Accounts and profiles in version 1."""

from chassis.django.bodies import read
from django.http import Http404
from django.utils.cache import patch_cache_control
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.sessions.authentication import caller
from auth_service.users.bodies import MeChangesBody, RegistrationBody
from auth_service.users.selectors import profile_get
from auth_service.users.serializers import AccountSerializer, MeSerializer, PublicProfileSerializer
from auth_service.users.services import profile_update, user_register


class Users(APIView):
    authentication_classes = []

    @extend_schema(request=RegistrationBody, responses={201: AccountSerializer})
    def post(self, request: Request) -> Response:
        """Register."""
        user = user_register(**read(RegistrationBody, request.data))
        return Response(AccountSerializer(user).data, status=201)


class Me(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The caller's own account."""
        return Response(MeSerializer(caller(request)).data)

    @extend_schema(request=MeChangesBody, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change parts of the caller's profile; what is absent stays."""
        user_id = caller(request).id
        changes = read(MeChangesBody, request.data).get("profile", {})
        return Response(MeSerializer(profile_update(user_id, changes, actor=user_id)).data)


class PublicProfile(APIView):
    @extend_schema(responses=PublicProfileSerializer)
    def get(self, _request: Request, username: str) -> Response:
        """A user's public profile, the same for everybody."""
        profile = profile_get(username)
        if profile is None:
            raise Http404
        response = Response(PublicProfileSerializer(profile).data)
        patch_cache_control(response, public=True, max_age=0, s_maxage=60, stale_while_revalidate=30)
        return response
