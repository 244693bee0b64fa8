"""Bodies about tags as they come in."""

from chassis.django.bodies import ShortTextField, StrictBody
from rest_framework import serializers


class TagBody(StrictBody):
    name = ShortTextField(max_length=50)


class MergeBody(StrictBody):
    """``into`` is the id of the tag that this one becomes."""

    into = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
