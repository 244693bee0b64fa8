"""Jobs that keep the read copy of authors true where an event was missed."""

from celery import shared_task
from chassis.django.walking import next_page

from blog_service.authors.models import Author
from blog_service.authors.services import authors_compare

PAGE = 100  # what auth takes in one question
PAGES = 10


@shared_task(name="authors_reconcile")
def authors_reconcile() -> None:
    """Compare a stretch of the read copy with auth; in turn all of it is compared, whatever events were missed."""
    for _ in range(PAGES):
        with next_page("authors", Author.objects.all(), size=PAGE) as ids:
            if ids:
                authors_compare(ids)
        if len(ids) < PAGE:
            return
