"""Search in version 2: the posts that fit best, by cursor."""

from chassis.django.lists import documented, query_of
from chassis.lists import CURSOR, cursor_page
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from blog_service.cache_headers import PubliclyCachedView
from blog_service.callers import viewer_of
from blog_service.posts.finding import BEST_FIRST, Q, highlights_of, hits_on, posts_found, rows_in_order
from blog_service.posts.lists import FILTERS, posts_published
from blog_service.posts.selectors import PostRow
from blog_service.posts.surrogate_keys import keys_of_posts
from blog_service.posts.v2.shapes import HighlightsV2Shape, HitV2Shape, PostInListV2Shape, SearchV2Shape
from blog_service.search.selectors import SCALE
from blog_service.search.terms import Terms

LIST = (*CURSOR, *FILTERS)
IN_LISTS = PostInListV2Shape.columns()


class Search(PubliclyCachedView):
    @extend_schema(parameters=documented(LIST), responses=SearchV2Shape)
    def get(self, request: Request) -> Response:
        """Published posts that have all words of ``q``: of the thousand newest the best first."""
        query = query_of(request, LIST)
        page, found = cursor_page(query, BEST_FIRST), posts_published(query)
        if found.terms is None:
            raise Q.invalid("Say what is looked for.")
        shown, next_cursor = hits_on(page, posts_found(found.posts, found.terms))
        scores = {hit.post_id: hit.score for hit in shown}
        rows = rows_in_order(found.posts, list(scores), viewer_of(request), IN_LISTS)
        items = [_shape(row, scores[row["id"]], found.terms) for row in rows]
        return Response({"items": items, "next_cursor": next_cursor}, headers=keys_of_posts(rows))


def _shape(row: PostRow, score: int, terms: Terms) -> HitV2Shape:
    title, body = highlights_of(row, terms)
    return HitV2Shape(
        post=PostInListV2Shape.from_row(row),
        score=score / SCALE,
        highlights=HighlightsV2Shape(title=title, body=body),
    )
