"""Where an author is to be found who had another name."""

from django.http import HttpResponse

from blog_service.authors.models import Author
from blog_service.cache_headers import KEYS


def moved(author: Author, link: str) -> HttpResponse:
    """308 to the same under the present name, until that changes again."""
    return HttpResponse(status=308, headers={"Location": link, KEYS: str(author.id)})
