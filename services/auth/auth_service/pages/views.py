"""Pages that the links in mails lead to, for whoever has no front end. To open one changes nothing; its form does."""

from typing import Any, ClassVar

from chassis.problems import Problem
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.views import APIView

from auth_service.brakes.addresses import Client
from auth_service.brakes.services import wrong_tokens
from auth_service.emails.services import email_confirm, email_undo
from auth_service.mailed_tokens.models import Purpose
from auth_service.mailed_tokens.services import token_require
from auth_service.mails.rendering import language_of
from auth_service.passwords.services import password_reset
from auth_service.registration.services import activate
from auth_service.usernames.services import username_reset
from auth_service.users.selectors import user_get_by_uid

_OF_LINK = {"/uid", "/token"}
_LOCKED_DOWN = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
_PAGES = {(status, "text/html"): str for status in (200, 400, 403, 429)}


class LinkPage(APIView):
    """A page with a form that redeems the token of its address."""

    authentication_classes = []
    parser_classes = [FormParser]
    purpose: ClassVar[Purpose]

    def redeem(self, uid: str, token: str, fields: Any) -> None:
        """Do what the form asks for; raises Problem."""
        raise NotImplementedError

    @extend_schema(responses=_PAGES)
    def get(self, request: Request, uid: str, token: str) -> HttpResponse:
        """A page with the form to which a mailed link leads."""
        try:
            with wrong_tokens(Client.of(request), now=timezone.now()):
                token_require(user_get_by_uid(uid), self.purpose, token, now=timezone.now())
        except Problem as problem:
            return self._page(request, problem)
        return self._page(request)

    @extend_schema(request={FormParser.media_type: dict[str, str]}, responses=_PAGES)
    def post(self, request: Request, uid: str, token: str) -> HttpResponse:
        """What became of the form of a mailed link."""
        try:
            with (
                translation.override(_language(request)),
                wrong_tokens(Client.of(request), now=timezone.now()),
            ):
                self.redeem(uid, token, request.data)
        except Problem as problem:
            return self._page(request, problem)
        return self._page(request, is_done=True)

    def _page(self, request: Request, problem: Problem | None = None, *, is_done: bool = False) -> HttpResponse:
        language = _language(request)
        facts = {"language": language, "problem": problem, "is_done": is_done, "is_dead": _is_dead(problem)}
        response = render(request, f"pages/{language}/{self.purpose}.html", facts, status=_status(problem))
        for name, value in _LOCKED_DOWN.items():
            response[name] = value
        return response


class Activate(LinkPage):
    purpose = Purpose.ACTIVATION

    def redeem(self, uid: str, token: str, _fields: Any) -> None:
        activate(uid, token, now=timezone.now())


class ResetPassword(LinkPage):
    purpose = Purpose.PASSWORD_RESET

    def redeem(self, uid: str, token: str, fields: Any) -> None:
        password_reset(uid, token, fields.get("new_password", ""), now=timezone.now())


class ResetUsername(LinkPage):
    purpose = Purpose.USERNAME_RESET

    def redeem(self, uid: str, token: str, fields: Any) -> None:
        username_reset(uid, token, fields.get("new_username", ""), now=timezone.now())


class ConfirmEmail(LinkPage):
    purpose = Purpose.EMAIL_CONFIRM

    def redeem(self, uid: str, token: str, _fields: Any) -> None:
        email_confirm(uid, token, now=timezone.now())


class UndoEmail(LinkPage):
    purpose = Purpose.EMAIL_UNDO

    def redeem(self, uid: str, token: str, _fields: Any) -> None:
        email_undo(uid, token, now=timezone.now())


def _language(request: Request) -> str:
    return language_of(translation.get_language_from_request(request))


def _is_dead(problem: Problem | None) -> bool:
    """Whether the link gives nothing, whatever is typed into the form."""
    return problem is not None and not any(error.pointer not in _OF_LINK for error in problem.errors or [])


def _status(problem: Problem | None) -> int:
    return problem.status if problem else 200
