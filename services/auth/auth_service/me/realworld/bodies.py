"""Bodies about accounts in RealWorld's dialect."""

import re
from typing import Any, ClassVar

from chassis.django.bodies import Body, PartialBody, ShortTextField
from rest_framework import serializers

from auth_service.users.bodies import UsernameField
from auth_service.users.strength import LONGEST

_HTTP = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)


class PasswordField(serializers.CharField):
    def __init__(self) -> None:
        super().__init__(max_length=LONGEST, trim_whitespace=False)


class LoginFields(Body):
    email = serializers.CharField(max_length=254)
    password = PasswordField()


class RealWorldLoginBody(Body):
    user = LoginFields()


class RegistrationFields(Body):
    email = serializers.EmailField(max_length=254)
    username = UsernameField()
    password = PasswordField()


class RealWorldRegistrationBody(Body):
    user = RegistrationFields()


class ImageField(ShortTextField):
    """The address of a picture; empty is none."""

    default_error_messages: ClassVar = {"not_http": "Enter an address that begins with http:// or https://."}

    def to_internal_value(self, data: Any) -> str:
        value: str = super().to_internal_value(data)
        if value and not _HTTP.fullmatch(value):
            self.fail("not_http")
        return value


class ChangesFields(PartialBody):
    email = serializers.EmailField(max_length=254)
    username = UsernameField()
    password = PasswordField()
    bio = ShortTextField(allow_blank=True, allow_null=True, max_length=1000)
    image = ImageField(allow_blank=True, allow_null=True, max_length=2000)


class RealWorldChangesBody(Body):
    """Any of the fields; others, which front ends send along, are not read."""

    user = ChangesFields()
