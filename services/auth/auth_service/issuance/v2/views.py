"""The caller's personal tokens in version 2."""

from uuid import UUID

from chassis.django.bodies import read
from chassis.django.idempotency.views import IDEMPOTENCY_KEY, Keep, create_once
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.documentation import HELD_BACK
from auth_service.issuance.services import personal_token_create, personal_token_delete
from auth_service.issuance.v2.bodies import PersonalTokenBody
from auth_service.issuance.v2.shapes import NewPersonalTokenShape, PersonalTokenShape, PersonalTokensShape
from auth_service.passwords.documentation import STEP_UP
from auth_service.passwords.v2.bodies import StepUpBody
from auth_service.personal_tokens.models import PersonalToken
from auth_service.personal_tokens.selectors import personal_tokens_list
from auth_service.sessions.authentication import current_session_id
from auth_service.users.caller import caller

TOO_MANY = OpenApiResponse(description="`too_many_tokens`: the account has as many as it may.")
NONE = OpenApiResponse(description="`not_found`: the caller has no such token.")
WRONG = OpenApiResponse(description="The body, or the password in it.")


class PersonalTokens(APIView):
    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=PersonalTokenBody,
        responses={201: NewPersonalTokenShape, 403: STEP_UP, 409: TOO_MANY, 429: HELD_BACK},
    )
    def post(self, request: Request) -> HttpResponse:
        """Make a personal token, for a program to send as Bearer; its text is told once, in no repeated answer."""
        body = read(PersonalTokenBody, request.data)
        current = body.pop("current_password")

        def create(keep: Keep) -> Response:
            def answer(token: PersonalToken, text: str) -> Response:
                keep(_made(token, None))
                return _made(token, text)

            session_id = current_session_id(request)
            return personal_token_create(
                caller(request), current, **body, session_id=session_id, then=answer, now=timezone.now()
            )

        return create_once(request, create, sent=body)

    @extend_schema(responses=PersonalTokensShape)
    def get(self, request: Request) -> Response:
        """The caller's personal tokens, newest first."""
        rows = personal_tokens_list(caller(request).id).values(*PersonalTokenShape.columns())
        return Response(PersonalTokensShape(items=[PersonalTokenShape.from_row(row) for row in rows]))


class OnePersonalToken(APIView):
    @extend_schema(request=StepUpBody, responses={204: None, 403: STEP_UP, 404: NONE, 422: WRONG, 429: HELD_BACK})
    def delete(self, request: Request, token_id: UUID) -> Response:
        """Delete one of the caller's personal tokens; it is refused everywhere within a second."""
        current = read(StepUpBody, request.data)["current_password"]
        session_id = current_session_id(request)
        personal_token_delete(caller(request), current, token_id, session_id=session_id, now=timezone.now())
        return Response(status=204)


def _made(token: PersonalToken, text: str | None) -> Response:
    shown = {name: getattr(PersonalTokenShape.from_instance(token), name) for name in PersonalTokenShape.columns()}
    return Response(NewPersonalTokenShape(**shown, token=text), status=201)
