"""The pictures that posts use, as media asks for them: events that tell of them may have been lost."""

from chassis.django.internal_access import FromAService
from chassis.internal_access import id_of
from chassis.problems import Problem
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.posts.selectors import posts_using_pictures

MOST = 200


@extend_schema(exclude=True)
class MediaRefs(APIView):
    authentication_classes = []
    permission_classes = [FromAService]

    def get(self, request: Request) -> Response:
        """The next ``limit`` posts with pictures after an id, as their last event would tell of them.

        Fewer are all there are.
        """
        after, size = id_of(request.query_params.get("after", "")), _size(request.query_params.get("limit", ""))
        objects = [
            {
                "object_type": "post",
                "object_id": post.id,
                "media_ids": media_ids,
                "author_id": post.author_id,
                "sequence": post.event_sequence,
                "changed_at": post.updated_at,
            }
            for post, media_ids in posts_using_pictures(after=after, size=size)
        ]
        return Response({"objects": objects})


def _size(text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= MOST:
        return int(text)
    raise Problem(400, "too_many", f"Ask for 1 to {MOST} posts at once.")
