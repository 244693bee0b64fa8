"""Jobs that keep the read copy of authors true where an event was missed."""

from celery import shared_task
from chassis.django.reconciliation import reconcile_pages

from blog_service.authors.models import Author
from blog_service.authors.services import authors_compare

PAGE = 100  # what auth takes in one question


@shared_task(name="authors_reconcile")
def authors_reconcile() -> None:
    """Compare a stretch of the read copy with auth; in turn all of it is compared, whatever events were missed."""
    reconcile_pages("authors", Author.objects.all(), authors_compare, size=PAGE)
