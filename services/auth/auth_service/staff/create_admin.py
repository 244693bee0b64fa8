"""``create-admin``: an account with every power."""

from chassis.django.bodies import read
from chassis.django.exceptions import field_errors
from chassis.problems import Problem
from chassis.settings import SettingsError
from rest_framework.exceptions import ValidationError

from auth_service.staff.arguments import create_admin as create_admin_parser
from auth_service.staff.services import admin_create, is_admin
from auth_service.staff.typed_password import typed_password
from auth_service.users.bodies import RegistrationBody


def create_admin(arguments: list[str]) -> str:
    """Open the account and say what was done; raises SettingsError with what is wrong."""
    asked = vars(create_admin_parser().parse_args(arguments))
    if is_admin(**asked):
        return f"{asked['username']} is an admin already; nothing was changed."
    try:
        user = admin_create(**read(RegistrationBody, asked | {"password": typed_password()}))
    except (Problem, ValidationError) as error:
        wrong = error.errors or [] if isinstance(error, Problem) else field_errors(error.detail)
        raise SettingsError(" ".join(f"{one.pointer.strip('/')}: {one.detail}" for one in wrong)) from error
    return f"{user.username} is an admin and may log in with this password."
