"""Times as clients see them."""

from datetime import datetime

from chassis.clock import format_timestamp
from rest_framework import serializers


class TimestampField(serializers.DateTimeField):
    """UTC with milliseconds and Z."""

    def to_representation(self, value: datetime) -> str:
        return format_timestamp(value)
