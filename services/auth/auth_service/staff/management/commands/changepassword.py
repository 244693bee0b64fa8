"""Django's command of this name stores a password, and neither ends sessions nor tells the owner."""

from typing import Any

from chassis.settings import SettingsError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from auth_service.passwords.services import password_replace
from auth_service.staff.typed_password import typed_password
from auth_service.users.selectors import user_get_by_login
from auth_service.users.strength import weaknesses


class Command(BaseCommand):
    help = "Gives an account another password, which is asked for, and ends its sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="an e-mail address or a username")

    def handle(self, *, login: str, **_: Any) -> None:
        user = user_get_by_login(login)
        if user is None:
            raise CommandError("There is no such account.")
        try:
            password = typed_password()
        except SettingsError as error:
            raise CommandError(str(error)) from error
        if wrong := list(weaknesses(password, user, "/password")):
            raise CommandError(" ".join(error.detail for error in wrong))
        password_replace(user.id, password, actor=user.id, now=timezone.now())
        self.stdout.write(f"{user.username} has another password; all sessions have ended.")
