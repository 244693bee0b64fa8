"""Bodies about registration in version 1."""

from chassis.django.bodies import Body
from rest_framework import serializers


class ActivationBody(Body):
    uid = serializers.CharField(max_length=100)
    token = serializers.CharField(max_length=100)


class ActivationResendBody(Body):
    email = serializers.CharField(max_length=254)
