"""Bodies about e-mail addresses in version 2."""

from rest_framework import serializers

from auth_service.passwords.v2.bodies import StepUpBody


class EmailChangeV2Body(StepUpBody):
    new_email = serializers.EmailField(max_length=254)
