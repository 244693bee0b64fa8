"""Every account has a profile from its first moment on, and others hear of one that may be used."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from auth_service.users.changes import user_registered
from auth_service.users.models import Profile, User


@receiver(post_save, sender=User)
def complete_account(instance: User, *, created: bool, raw: bool, **_: Any) -> None:
    """Not while a fixture is loaded (``raw``): it brings its own profiles."""
    if created and not raw:
        Profile.objects.create(user=instance)
        if instance.activated:
            user_registered(instance)
