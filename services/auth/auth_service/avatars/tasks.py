"""Jobs of avatars."""

from celery import shared_task
from chassis.django.walking import next_page

from auth_service.avatars.services import avatars_compare
from auth_service.users.models import Profile

PAGE = 200  # what media takes in one question
PAGES = 10


@shared_task(name="avatars_reconcile")
def avatars_reconcile() -> None:
    """Compare a stretch of the profiles with media; in turn all are compared, whatever events were missed."""
    for _ in range(PAGES):
        with next_page("avatars", Profile.objects.all(), size=PAGE) as user_ids:
            avatars_compare(user_ids)
        if len(user_ids) < PAGE:
            return
