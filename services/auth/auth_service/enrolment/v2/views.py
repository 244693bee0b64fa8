"""Second factors in version 2."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.addresses import Client
from auth_service.brakes.documentation import HELD_BACK
from auth_service.enrolment import services
from auth_service.enrolment.v2.bodies import CodeBody
from auth_service.enrolment.v2.shapes import EnrolmentShape, RecoveryCodesShape
from auth_service.passwords.documentation import STEP_UP
from auth_service.passwords.v2.bodies import StepUpBody
from auth_service.sessions.authentication import current_session_id
from auth_service.users.caller import caller

ACTIVE = OpenApiResponse(description="`totp_active`: the account asks for a code already.")
INACTIVE = OpenApiResponse(description="`totp_inactive`: the account asks for no code.")
WRONG = OpenApiResponse(description="The body, or the password in it.")
NOT_BEGUN = OpenApiResponse(description="`totp_not_begun`, or `totp_active`.")


class SecondFactor(APIView):
    @extend_schema(request=StepUpBody, responses={201: EnrolmentShape, 403: STEP_UP, 409: ACTIVE, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Make a secret for an authenticator app, which counts once it is confirmed."""
        made = services.totp_begin(
            caller(request), _given(request), session_id=current_session_id(request), now=timezone.now()
        )
        return Response(EnrolmentShape(secret=made.secret, uri=made.uri), status=201)

    @extend_schema(request=StepUpBody, responses={204: None, 403: STEP_UP, 409: INACTIVE, 422: WRONG, 429: HELD_BACK})
    def delete(self, request: Request) -> Response:
        """Ask for no code any more."""
        services.totp_end(caller(request), _given(request), session_id=current_session_id(request), now=timezone.now())
        return Response(status=204)


class Confirm(APIView):
    @extend_schema(request=CodeBody, responses={200: RecoveryCodesShape, 409: NOT_BEGUN, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Have every log-in ask for a code from now on, by a first one; 422 `totp_invalid` for a wrong one."""
        code = read(CodeBody, request.data)["code"]
        codes = services.totp_confirm(caller(request), code, client=Client.of(request), now=timezone.now())
        return Response(RecoveryCodesShape(recovery_codes=codes))


class RecoveryCodes(APIView):
    @extend_schema(request=StepUpBody, responses={200: RecoveryCodesShape, 403: STEP_UP, 409: INACTIVE, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Get other recovery codes; those before are void."""
        codes = services.recovery_codes_renew(
            caller(request), _given(request), session_id=current_session_id(request), now=timezone.now()
        )
        return Response(RecoveryCodesShape(recovery_codes=codes))


def _given(request: Request) -> str | None:
    """The password, if it came along."""
    password: str | None = read(StepUpBody, request.data)["current_password"]
    return password
