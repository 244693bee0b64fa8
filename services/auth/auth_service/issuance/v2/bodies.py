"""Bodies about personal tokens in version 2."""

from chassis.django.bodies import BoundedListField, OneOfField, ShortTextField
from rest_framework import serializers

from auth_service.access_tokens import SCOPES
from auth_service.passwords.v2.bodies import StepUpBody


class PersonalTokenBody(StepUpBody):
    name = ShortTextField(max_length=100, help_text="What it is for, to tell it from others.")
    scopes = BoundedListField(
        child=OneOfField(list(SCOPES)), allow_empty=False, max_length=len(SCOPES), help_text="One or more."
    )
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="null: as late as a token may."
    )
