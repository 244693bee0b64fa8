"""Jobs of avatars."""

from celery import shared_task
from chassis.django.reconciliation import reconcile_pages

from auth_service.avatars.services import avatars_compare
from auth_service.users.models import Profile

PAGE = 200  # what media takes in one question


@shared_task(name="avatars_reconcile")
def avatars_reconcile() -> None:
    """Compare a stretch of the profiles with media; in turn all are compared, whatever events were missed."""
    reconcile_pages("avatars", Profile.objects.all(), avatars_compare, size=PAGE)
