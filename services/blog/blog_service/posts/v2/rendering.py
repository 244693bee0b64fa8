"""What a text would look like, for editors that show it beside what is typed."""

from chassis.django.bodies import StrictBody, read
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.markdown.rendering import excerpt
from blog_service.posts.body_fields import MarkdownField
from blog_service.posts.services.writing import body_render
from blog_service.posts.v2.shapes import RenderedV2Shape


class TextBody(StrictBody):
    body = MarkdownField()


class Render(APIView):
    @extend_schema(request=TextBody, responses=RenderedV2Shape)
    def post(self, request: Request) -> Response:
        """The HTML of a text as a post would have it, and how it would begin in lists; nothing is kept."""
        html = body_render(read(TextBody, request.data)["body"])
        return Response(RenderedV2Shape(html=html, excerpt=excerpt(html)))
