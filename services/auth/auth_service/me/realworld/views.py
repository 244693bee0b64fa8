"""Accounts in RealWorld's dialect."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.addresses import Client
from auth_service.brakes.limits import AttemptKind, of_registration
from auth_service.brakes.services import attempt_count
from auth_service.me.realworld.bodies import RealWorldChangesBody, RealWorldLoginBody, RealWorldRegistrationBody
from auth_service.me.realworld.services import account_change
from auth_service.me.realworld.shapes import RealWorldUserAnswer, user_answer
from auth_service.registration.services import register
from auth_service.sessions.access_tokens import access_token_issue
from auth_service.sessions.authentication import RealWorldSessionAuthentication, current_session_id
from auth_service.sessions.device import device_of
from auth_service.sessions.models import Session
from auth_service.sessions.services import session_open
from auth_service.totp.services import account_authenticate
from auth_service.users.caller import caller
from auth_service.users.models import User
from auth_service.users.services import NotActivated


class Users(APIView):
    authentication_classes = []

    @extend_schema(request=RealWorldRegistrationBody, responses={201: RealWorldUserAnswer})
    def post(self, request: Request) -> Response:
        """Register, and be logged in; where an account waits for its mail, 401 says so."""
        now = timezone.now()
        attempt_count(AttemptKind.REGISTRATION, of_registration(Client.of(request)), now=now)
        user = register(**read(RealWorldRegistrationBody, request.data)["user"], realworld=True, now=now)
        if not user.activated:
            raise NotActivated
        return Response(_logged_in(user, request), status=201)


class Login(APIView):
    authentication_classes = []

    @extend_schema(request=RealWorldLoginBody, responses=RealWorldUserAnswer)
    def post(self, request: Request) -> Response:
        """Log in by e-mail, or username; not for accounts with a second factor."""
        sent = read(RealWorldLoginBody, request.data)["user"]
        user = account_authenticate(
            login=sent["email"], password=sent["password"], totp=None, client=Client.of(request), now=timezone.now()
        )
        return Response(_logged_in(user, request))


class CurrentUser(APIView):
    authentication_classes = [RealWorldSessionAuthentication]

    @extend_schema(responses=RealWorldUserAnswer)
    def get(self, request: Request) -> Response:
        """The caller's own account."""
        return Response(_current(request))

    @extend_schema(request=RealWorldChangesBody, responses=RealWorldUserAnswer)
    def put(self, request: Request) -> Response:
        """Change what is sent; what is absent stays."""
        sent, now = read(RealWorldChangesBody, request.data)["user"], timezone.now()
        account_change(caller(request), sent, session_id=current_session_id(request), now=now)
        return Response(_current(request))


def _logged_in(user: User, request: Request) -> RealWorldUserAnswer:
    grant = session_open(user, **device_of(request), now=timezone.now(), realworld=True)
    return user_answer(grant.session.user, grant.access_token)


def _current(request: Request) -> RealWorldUserAnswer:
    """The account as it is now, with a token that has its name and ends when the log-in does."""
    session = Session.objects.select_related("user__profile").get(id=current_session_id(request))
    return user_answer(session.user, access_token_issue(session, now=timezone.now()))
