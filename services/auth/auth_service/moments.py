"""Times as clients see them."""

from datetime import datetime

from chassis.events.clock import shown
from rest_framework import serializers


class MomentField(serializers.DateTimeField):
    """UTC with milliseconds and Z."""

    def to_representation(self, value: datetime) -> str:
        return shown(value)
