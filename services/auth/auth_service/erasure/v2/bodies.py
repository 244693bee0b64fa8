"""Bodies about one's deletion in version 2."""

from chassis.django.bodies import StrictBody

from auth_service.passwords.v1.bodies import PasswordField


class DeletionBody(StrictBody):
    password = PasswordField(required=False, help_text="Needed unless the log-in was in the last ten minutes.")
