"""Bodies about e-mail addresses in version 1."""

from chassis.django.bodies import Body
from rest_framework import serializers

from auth_service.passwords.v1.bodies import PasswordField


class EmailChangeBody(Body):
    current_password = PasswordField()
    new_email = serializers.EmailField(max_length=254)


class LinkBody(Body):
    uid = serializers.CharField(max_length=100)
    token = serializers.CharField(max_length=100)
