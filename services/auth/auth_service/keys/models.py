"""The keys that access tokens are signed with."""

from django.db import models


class SigningKey(models.Model):
    """An ES256 key pair: signs from ``active_from`` until a younger one does, and is published until ``retire_at``."""

    kid = models.CharField(primary_key=True, max_length=43, editable=False)
    # Unique, so that two processes that both make the next key collide here instead of both succeeding.
    number = models.PositiveIntegerField(unique=True, editable=False)
    public_jwk = models.JSONField(editable=False)
    encrypted_private_key = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    active_from = models.DateTimeField(editable=False)
    retire_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return self.kid
