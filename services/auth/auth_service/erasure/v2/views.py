"""The deletion of one's account in version 2: a resource with a receipt."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.documentation import HELD_BACK
from auth_service.deletions.selectors import deletion_get, deletion_get_by_receipt
from auth_service.deletions.shapes import DeletionShape, ReceiptShape
from auth_service.erasure.services import DeletionNotFound, deletion_request, deletion_withdraw
from auth_service.erasure.v2.bodies import DeletionBody
from auth_service.passwords.documentation import STEP_UP
from auth_service.sessions.authentication import current_session_id
from auth_service.users.caller import caller

NONE = OpenApiResponse(description="`deletion_not_found`: none was asked for, or it was taken back.")


class OwnDeletion(APIView):
    @extend_schema(request=DeletionBody, responses={202: DeletionShape, 403: STEP_UP, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Have the caller's account deleted, with all it holds, after some days; their other sessions end now."""
        password = read(DeletionBody, request.data).get("password")
        session_id, now = current_session_id(request), timezone.now()
        asked = deletion_request(caller(request), password, field="password", session_id=session_id, now=now)
        return Response(DeletionShape.of(*asked), status=202)

    @extend_schema(responses={200: DeletionShape, 404: NONE})
    def get(self, request: Request) -> Response:
        """What the caller has asked for, if it was not taken back."""
        user = caller(request)
        deletion = deletion_get(user.id)
        if deletion is None or user.deletes_at is None:
            raise DeletionNotFound
        return Response(DeletionShape.of(deletion, user.deletes_at))

    @extend_schema(responses={204: None, 404: NONE})
    def delete(self, request: Request) -> Response:
        """Keep the account after all."""
        deletion_withdraw(caller(request).id, now=timezone.now())
        return Response(status=204)


class Receipt(APIView):
    authentication_classes = []

    @extend_schema(responses=ReceiptShape)
    def get(self, _request: Request, receipt: str) -> Response:
        """What became of a deletion, for whoever has its link; gone when it was taken back."""
        deletion = deletion_get_by_receipt(receipt)
        if deletion is None:
            raise DeletionNotFound
        return Response(ReceiptShape.from_instance(deletion))
