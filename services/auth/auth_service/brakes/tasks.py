"""Jobs of brakes."""

from celery import shared_task
from django.utils import timezone

from auth_service.brakes.models import AttemptCount


@shared_task(name="attempts_forget")
def attempts_forget() -> None:
    """Forget counts whose time is over; where Redis counts it does that itself."""
    AttemptCount.objects.filter(ends_at__lte=timezone.now()).delete()
