"""Bodies about usernames in version 1."""

from chassis.django.bodies import Body
from rest_framework import serializers

from auth_service.passwords.v1.bodies import PasswordField
from auth_service.users.bodies import UsernameField


class UsernameChangeBody(Body):
    current_password = PasswordField()
    new_username = UsernameField()


class UsernameResetRequestBody(Body):
    email = serializers.CharField(max_length=254)


class UsernameResetBody(Body):
    uid = serializers.CharField(max_length=100)
    token = serializers.CharField(max_length=100)
    new_username = UsernameField()
