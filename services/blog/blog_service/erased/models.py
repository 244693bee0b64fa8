"""Who was erased, as keyed hashes: what still comes about them is not taken in."""

from django.db import models


class HashKey(models.Model):
    """The one key of the hashes, made when the first is needed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    key = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return "the key"


class ErasedUser(models.Model):
    """Somebody who was erased."""

    user_hash = models.CharField(max_length=64, primary_key=True)
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.user_hash
