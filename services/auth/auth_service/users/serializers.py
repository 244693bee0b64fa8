"""How accounts are shown."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from auth_service.settings import settings
from auth_service.users.models import Profile, User


class ProfileSerializer(serializers.ModelSerializer[Profile]):
    """What a user sees of their own profile; ``avatar`` is an id coming in and a URL going out."""

    avatar = serializers.SerializerMethodField()

    class Meta:
        model = Profile
        fields = ["bio", "avatar", "locale"]

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_avatar(self, profile: Profile) -> str | None:
        return f"{settings().public_url}/m/{profile.avatar}/thumb.webp" if profile.avatar else None


class PublicProfileSerializer(ProfileSerializer):
    """What everybody sees."""

    username = serializers.CharField(source="user.username")

    class Meta:
        model = Profile
        fields = ["username", "bio", "avatar"]


class AccountSerializer(serializers.ModelSerializer[User]):
    """A new account."""

    class Meta:
        model = User
        fields = ["id", "email", "username"]


class MeSerializer(serializers.ModelSerializer[User]):
    """What users see of themselves."""

    roles = serializers.ListField(child=serializers.CharField())
    profile = ProfileSerializer()

    class Meta:
        model = User
        fields = ["id", "email", "username", "roles", "profile"]
