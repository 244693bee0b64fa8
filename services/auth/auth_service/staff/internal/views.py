"""The log-in of staff to another service's admin."""

from chassis.client_address import address
from chassis.django.bodies import read
from chassis.django.internal_access import FromAService
from chassis.internal_client import CLIENT_ADDRESS_HEADER
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.audit.models import Action
from auth_service.audit.origin import Origin, acting_from
from auth_service.audit.services import audit_record
from auth_service.brakes.addresses import Client
from auth_service.totp.services import account_authenticate
from auth_service.users.bodies import CredentialsBody
from auth_service.users.internal.shapes import CredentialsShape


@extend_schema(exclude=True)
class Credentials(APIView):
    authentication_classes = []
    permission_classes = [FromAService]

    def post(self, request: Request) -> Response:
        """Whose log-in and password these are; no session is opened. 401 and 429 as for everybody."""
        client = Client(address(request.headers.get(CLIENT_ADDRESS_HEADER, "")))
        with acting_from(lambda: Origin(ip=str(client.address) if client.address else None)):
            user = account_authenticate(**read(CredentialsBody, request.data), client=client, now=timezone.now())
            audit_record(Action.ADMIN_ENTERED, user_id=user.id, actor=user.id, admin="blog")
        return Response(CredentialsShape.from_instance(user))
