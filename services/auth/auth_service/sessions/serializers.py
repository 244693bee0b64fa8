"""How sessions are shown."""

from rest_framework import serializers

from auth_service.sessions.models import Session
from auth_service.timestamps import TimestampField


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A session in the list of its user's; the context holds the ``current`` one's id."""

    created_at = TimestampField()
    last_used_at = TimestampField()
    current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "created_at", "last_used_at", "user_agent", "ip", "current"]

    def get_current(self, session: Session) -> bool:
        return bool(session.id == self.context["current"])
