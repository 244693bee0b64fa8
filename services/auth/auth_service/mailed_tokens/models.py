"""What was promised by mail, and may be redeemed once."""

from django.db import models

from auth_service.users.models import User


class Purpose(models.TextChoices):
    """What a token is good for, and for nothing else."""

    ACTIVATION = "activation", "letting a new account be used"
    PASSWORD_RESET = "password_reset", "another password for a forgotten one"
    EMAIL_CONFIRM = "email_confirm", "having another address"
    EMAIL_UNDO = "email_undo", "having the address back that was before a change"
    USERNAME_RESET = "username_reset", "another username for a forgotten one"


class MailedToken(models.Model):
    """A token in a link that was mailed; only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mailed_tokens")
    purpose = models.CharField(max_length=20)  # a Purpose; without choices, so that another one needs no migration
    about = models.UUIDField(null=True)  # which EmailChange
    digest = models.BinaryField(max_length=32, unique=True)
    credential_version = models.BigIntegerField(help_text="What the account's was: another one makes the token void.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} of {self.user_id}"
