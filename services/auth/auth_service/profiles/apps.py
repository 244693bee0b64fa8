from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    """Profiles are rows of accounts, so the model is theirs: this is an app for its page in the admin."""

    name = "auth_service.profiles"
    label = "profiles"
