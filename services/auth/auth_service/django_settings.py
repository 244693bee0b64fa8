"""Django's settings (DJANGO_SETTINGS_MODULE), made from the typed ones in settings.py."""

from chassis.django.settings import django_settings

from auth_service.django_apps import APPS
from auth_service.settings import settings

_shared = django_settings(settings())
globals().update(_shared)

ROOT_URLCONF = "auth_service.urls"
WSGI_APPLICATION = "auth_service.wsgi.application"

INSTALLED_APPS = list(APPS.values())

MIDDLEWARE = [
    "chassis.django.middleware.RequestContextMiddleware",
    "chassis.django.health.livez_first",
    "auth_service.keys.document.keys_first",
    "chassis.django.middleware.proxy_headers_from_trusted_peers",
    "auth_service.middleware.origin_known",
    "django.middleware.security.SecurityMiddleware",
    "chassis.django.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "auth_service.middleware.no_store_by_default",
    "chassis.django.paths.trailing_slash_ignored",
    "django.middleware.http.ConditionalGetMiddleware",
    "chassis.django.admin_middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "chassis.django.admin_middleware.AuthenticationMiddleware",
    "chassis.django.admin_middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["auth_service.staff.backends.AccountBackend"]
SESSION_COOKIE_AGE = 4 * 3600  # seconds that a log-in to the admin lasts
PASSWORD_HASHERS = ["auth_service.users.hashers.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ["username", "email"]},
        "MinimumLengthValidator": {"min_length": 10},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
] + [{"NAME": "auth_service.users.validators.FewCharactersValidator"}]

TOKEN_KEYS = "auth_service.keys.selectors.verifying_key"  # noqa: S105  a function: our own keys need no HTTP

REST_FRAMEWORK = _shared["REST_FRAMEWORK"] | {
    "DEFAULT_AUTHENTICATION_CLASSES": ["auth_service.sessions.authentication.SessionAuthentication"],
}
SPECTACULAR_SETTINGS = _shared["SPECTACULAR_SETTINGS"] | {
    "TITLE": "Broadsheet auth",
    "DESCRIPTION": "Accounts, profiles, sessions and signing keys.",
    "SERVE_INCLUDE_SCHEMA": False,
}
