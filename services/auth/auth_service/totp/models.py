"""The second factor of an account: an authenticator app, and codes for when it is lost."""

from django.db import models

from auth_service.users.models import User


class Totp(models.Model):
    """An authenticator app (RFC 6238). Until a code of it was shown it asks for nothing."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="totp")
    sealed_secret = models.BinaryField()
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(
        default=0, help_text="The newest step whose code was taken; none up to it is again."
    )

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """A code that stands in for the app, once; used ones are deleted."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32, unique=True)

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"
