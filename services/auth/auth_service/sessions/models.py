"""Log-ins: one row each, whatever number of tokens it has seen."""

from datetime import datetime

from django.db import models
from uuid_utils.compat import uuid7

from auth_service.sessions.refresh_tokens import RefreshToken
from auth_service.settings import settings
from auth_service.users.models import User


class Session(models.Model):
    """A log-in from one device. Its refresh tokens are a chain of which only the end is remembered, hashed."""

    class EndedBy(models.TextChoices):
        LOGOUT = "logout"
        USER = "user", "its user, from another session"
        REUSE = "reuse", "use of an old refresh token"
        SUSPENSION = "suspension"
        STAFF = "staff"
        PASSWORD = "password", "a new password"
        EMAIL = "email", "another address"
        UNDO = "undo", "the link that undoes a change of the address"
        DELETION = "deletion", "that the account is to be deleted"
        SURPLUS = "surplus", "a log-in beyond the most that an account may have"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    user_agent = models.CharField(max_length=255, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    refresh_generation = models.PositiveIntegerField()
    refresh_digest = models.BinaryField(max_length=32)
    by_cookie = models.BooleanField(
        default=False, db_default=False, help_text="Its refresh tokens are in a cookie, and count nowhere else."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    realworld = models.BooleanField(default=False, db_default=False, help_text="Logged in by RealWorld's dialect.")
    ended_by = models.CharField(max_length=10, choices=EndedBy.choices, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["expires_at"], condition=models.Q(realworld=True), name="session_of_realworld")]

    def __str__(self) -> str:
        return f"{self.user} since {self.created_at:%F %T}"

    def remember(self, token: RefreshToken, *, now: datetime) -> None:
        """From now on ``token`` is the one to use; in the dialect nobody gets it."""
        self.refresh_generation = token.generation
        self.refresh_digest = token.digest()
        self.last_used_at = now
        self.expires_at = now + (settings().realworld_token_life if self.realworld else settings().session_life)

    def tokens_end(self, now: datetime) -> datetime:
        """When an access token that is made now expires; in the dialect all do when the session does."""
        return self.expires_at if self.realworld else now + settings().access_token_life
