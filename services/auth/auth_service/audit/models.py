"""What happened to accounts that their owners, or staff, may ask about later."""

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7


class Action(models.TextChoices):
    """What happened. Clients know these names: there may be more, never others."""

    SESSION_OPENED = "session.opened"
    SESSION_REFUSED = "session.refused"
    SESSION_ENDED = "session.ended"
    SESSION_STOLEN = "session.stolen"
    ADMIN_ENTERED = "admin.entered"
    ADMIN_LEFT = "admin.left"
    ACCOUNT_ACTIVATED = "account.activated"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105  what happened
    PASSWORD_RESET = "password.reset"  # noqa: S105  likewise
    PASSWORD_REFUSED = "password.refused"  # noqa: S105  likewise
    TOTP_ON = "totp.on"
    TOTP_OFF = "totp.off"
    TOKEN_CREATED = "token.created"  # noqa: S105  likewise
    TOKEN_DELETED = "token.deleted"  # noqa: S105  likewise
    USERNAME_CHANGED = "username.changed"
    EMAIL_ASKED = "email.asked"
    EMAIL_CHANGED = "email.changed"
    EMAIL_UNDONE = "email.undone"
    ROLE_CHANGED = "role.changed"
    POWERS_CHANGED = "powers.changed"
    SUSPENDED = "suspended"
    REACTIVATED = "reactivated"
    PICTURE_DELETED = "picture.deleted"
    PICTURE_TAKEN_DOWN = "picture.taken_down"
    EXPORT_MADE = "export.made"
    DELETION_ASKED = "deletion.asked"
    DELETION_CANCELLED = "deletion.cancelled"
    KEY_ROTATED = "key.rotated"
    KEY_REVOKED = "key.revoked"


class AuditEntry(models.Model):
    """One act. Rows are added, and deleted with their account or their time; nothing changes them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=30)  # an Action; without choices, so that another one needs no migration
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="audit_entries",
        help_text="Whose account it was about; none for what concerns no account, or no known one.",
    )
    actor = models.UUIDField(null=True, db_index=True, help_text="Who did it, where that is known.")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=255)
    session_id = models.UUIDField(null=True, help_text="The session that it was about, or else was done in.")
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "-id"], name="audit_of_user")]

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%F %T}"
