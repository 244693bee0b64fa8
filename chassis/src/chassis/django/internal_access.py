"""Who may ask a Django service under ``/internal/``."""

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from chassis.django.access import template
from chassis.django.authentication import token_keys
from chassis.internal_access import require_service
from chassis.tokens import ServiceVerifier


class FromAService(BasePermission):
    """Only services that the table of access lists."""

    def has_permission(self, request: Request, _view: APIView) -> bool:
        own = settings.SERVICE_SETTINGS
        verifier = ServiceVerifier(token_keys(), issuer=own.token_issuer, audience=own.service)
        assert request.resolver_match  # it led to this view
        path = template(request.resolver_match.route)
        require_service(request.headers, request.method or "", path, verifier=verifier, settings=own)
        return True
