"""Which posts a reader likes best."""

from uuid import UUID

from chassis.tokens import Claims
from django.db import transaction
from django.db.models import Q

from blog_service.favourites.services import favourite_add, favourite_remove
from blog_service.posts.selectors import post_held


def post_favourite(wanted: Q, reader: Claims, *, favourite: bool) -> UUID:
    """Make a post a favourite of the reader, or none; gives its id. Raises Problem (404) if they may not see it."""
    change = favourite_add if favourite else favourite_remove
    with transaction.atomic():
        post_id = post_held(wanted, reader)
        change(post_id, reader.sub)
    return post_id
