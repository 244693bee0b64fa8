"""Tags in RealWorld's dialect."""

from chassis.django.authentication import RealWorldAuthentication
from chassis.django.shapes import Shape
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.tags.selectors import tags_used

MOST = 1000


class RealWorldTagsAnswer(Shape):
    tags: list[str]


class Tags(APIView):
    authentication_classes = [RealWorldAuthentication]

    @extend_schema(responses=RealWorldTagsAnswer)
    def get(self, _request: Request) -> Response:
        """The thousand tags of published posts that are used most."""
        return Response(RealWorldTagsAnswer(tags=list(tags_used().values_list("name", flat=True)[:MOST])))
