"""Personal access tokens: what programs of a user's show instead of a log-in."""

from django.db import models
from uuid_utils.compat import uuid7

from auth_service.users.models import User


class PersonalToken(models.Model):
    """One of a user's; only its digest is kept. A deleted one has no row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="personal_tokens")
    name = models.CharField(max_length=100)
    scopes = models.JSONField()
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    last_used_at = models.DateTimeField(null=True, help_text="To the minute.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name!r} of {self.user_id}"
