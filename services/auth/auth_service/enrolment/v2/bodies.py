"""Bodies about second factors in version 2."""

from chassis.django.bodies import StrictBody
from rest_framework import serializers


class CodeBody(StrictBody):
    code = serializers.CharField(max_length=40)
