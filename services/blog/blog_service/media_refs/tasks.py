"""Jobs that keep the read copy of pictures true where an event was missed."""

from celery import shared_task
from chassis.django.reconciliation import reconcile_pages

from blog_service.media_refs.models import Asset
from blog_service.media_refs.services import assets_compare

PAGE = 200  # what media takes in one question


@shared_task(name="media_refs_reconcile")
def media_refs_reconcile() -> None:
    """Compare a stretch of the read copy with media; in turn all of it is compared, whatever events were missed."""
    reconcile_pages("media_refs", Asset.objects.all(), lambda ids: assets_compare(set(ids)), size=PAGE)
