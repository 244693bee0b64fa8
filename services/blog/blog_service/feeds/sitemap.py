"""The sitemap (sitemaps.org): an index, and pages of so many posts that a million make a few hundred."""

from collections.abc import Iterator
from datetime import datetime
from typing import cast
from uuid import UUID
from xml.sax.saxutils import escape

from chassis.clock import format_timestamp
from chassis.lists import Parameter, Query
from django.db.models import Q, QuerySet

from blog_service.links import feed_link, picture_links, post_page_link
from blog_service.posts.models import Post, PostImage
from blog_service.posts.selectors import PostRow, rows_of
from blog_service.posts.visibility import PUBLIC

PER_PAGE = 5000
"""The protocol takes 50,000 addresses; fewer are answered sooner."""
NAME = "sitemap.xml"
AFTER = Parameter(
    "after",
    description="the page of posts that were published after this place, as the index names it",
    may_be_empty=True,  # the first page's
)
ORDER = ("published_at", "id")
Place = tuple[datetime, UUID]
_PROTOCOL = "http://www.sitemaps.org/schemas/sitemap/0.9"
_IMAGES = "http://www.google.com/schemas/sitemap-image/1.1"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def sitemap(query: Query) -> str:
    """The index, or the page that it names; raises Problem (400) for what is no place."""
    after = query.given("after")
    return _index() if after is None else _page(_place_of(after))


def _index() -> str:
    pages = "".join(f"<sitemap><loc>{escape(_address(place))}</loc></sitemap>\n" for place in _places())
    return f'{_HEAD}<sitemapindex xmlns="{_PROTOCOL}">\n{pages}</sitemapindex>\n'


def _page(place: Place | None) -> str:
    posts = _after(place).order_by(*ORDER)[:PER_PAGE]
    rows = rows_of(posts, None, {"updated_at"})
    urls = "".join(_url(row) for row in rows)
    return f'{_HEAD}<urlset xmlns="{_PROTOCOL}" xmlns:image="{_IMAGES}">\n{urls}</urlset>\n'


def _url(row: PostRow) -> str:
    """Ids, slugs and times need no escaping."""
    confirmed = (image["media"] for image in row["images"] if image["state"] == PostImage.State.CONFIRMED)
    images = "".join(
        f"<image:image><image:loc>{picture_links(media)['large']}</image:loc></image:image>" for media in confirmed
    )
    changed = format_timestamp(cast("dict[str, datetime]", row)["updated_at"])
    return f"<url><loc>{post_page_link(row['slug'])}</loc><lastmod>{changed}</lastmod>{images}</url>\n"


def _places() -> Iterator[Place | None]:
    """Where each page begins. Each step walks the index of publication, and reads no post."""
    place: Place | None = None
    while True:
        last = list(_after(place).order_by(*ORDER).values_list(*ORDER)[PER_PAGE - 1 : PER_PAGE + 1])
        yield place
        if len(last) <= 1:
            return
        place = cast("Place", last[0])


def _after(place: Place | None) -> QuerySet[Post]:
    posts = Post.objects.filter(PUBLIC)
    if place is None:
        return posts
    published_at, post_id = place
    later = Q(published_at__gt=published_at) | Q(published_at=published_at, id__gt=post_id)
    return posts.filter(later, published_at__gte=published_at)


def _address(place: Place | None) -> str:
    return feed_link(NAME, after=f"{place[0].isoformat()}_{place[1]}" if place else "")


def _place_of(text: str) -> Place | None:
    if not text:
        return None
    moment, _, post_id = text.partition("_")
    try:
        place = datetime.fromisoformat(moment), UUID(post_id)
    except ValueError:
        raise AFTER.invalid("This is no place that the index names.") from None
    if place[0].tzinfo is None:
        raise AFTER.invalid("This is no place that the index names.")
    return place
