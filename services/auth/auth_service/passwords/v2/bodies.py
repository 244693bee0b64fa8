"""Bodies about passwords in version 2."""

from typing import Any

from chassis.django.bodies import StrictBody

from auth_service.passwords.v1.bodies import PasswordField


class StepUpBody(StrictBody):
    """A dangerous step: with the password, or soon after a log-in."""

    current_password = PasswordField(required=False, help_text="Needed unless the log-in was in the last ten minutes.")
    password = PasswordField(required=False, help_text="Another name of `current_password`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = attrs.pop("password", None)
        return {"current_password": given} | attrs


class PasswordChangeV2Body(StepUpBody):
    new_password = PasswordField()
