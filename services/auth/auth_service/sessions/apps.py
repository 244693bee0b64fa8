from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "auth_service.sessions"
    label = "user_sessions"  # django.contrib.sessions has taken "sessions" for the admin's cookies
    verbose_name = "Sessions"
