"""Django's settings (DJANGO_SETTINGS_MODULE), made from the typed ones in settings.py."""

from chassis.django.settings import django_settings

from blog_service.django_apps import APPS
from blog_service.settings import settings

_shared = django_settings(settings())
globals().update(_shared)

ROOT_URLCONF = "blog_service.urls"
WSGI_APPLICATION = "blog_service.wsgi.application"

INSTALLED_APPS = list(APPS.values())

MIDDLEWARE = [
    "chassis.django.middleware.RequestContextMiddleware",
    "chassis.django.health.livez_first",
    "chassis.django.middleware.proxy_headers_from_trusted_peers",
    "django.middleware.security.SecurityMiddleware",
    "chassis.django.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "chassis.django.paths.trailing_slash_ignored",
    "django.middleware.http.ConditionalGetMiddleware",
    "blog_service.middleware.private_by_default",
    "chassis.django.admin_middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "chassis.django.admin_middleware.AuthenticationMiddleware",
    "chassis.django.admin_middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

AUTHENTICATION_BACKENDS = ["blog_service.staff.backends.AuthServiceBackend"]
SESSION_COOKIE_AGE = 3600  # seconds that a log-in to the admin lasts; suspension and loss of role end it sooner

SPECTACULAR_SETTINGS = _shared["SPECTACULAR_SETTINGS"] | {
    "TITLE": "Broadsheet blog",
    "DESCRIPTION": "Posts, tags and authors.",
    "POSTPROCESSING_HOOKS": [
        "blog_service.pages.openapi.with_pages",
        *_shared["SPECTACULAR_SETTINGS"]["POSTPROCESSING_HOOKS"],
    ],
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": "blog_service.posts.models.Post.Status",
        "StateEnum": "blog_service.posts.models.PostImage.State",
        "CommentStateEnum": "blog_service.comments.models.Comment.State",
    },
}
