"""What the settings of all Django services have in common."""

from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from chassis.settings import SettingsError

JSON_BODY_BYTES = 2 * 1024 * 1024
LOCK_WAIT_SECONDS = 10
_PRAGMAS = f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout={LOCK_WAIT_SECONDS * 1000}"


class DjangoServiceSettings(Protocol):
    """The typed settings of a service that is made with Django."""

    @property
    def service(self) -> str: ...
    @property
    def production(self) -> bool: ...
    @property
    def public_url(self) -> str: ...
    @property
    def cache_url(self) -> str: ...
    @property
    def admin_sessions(self) -> str: ...
    @property
    def static_dir(self) -> str: ...
    @property
    def database_url(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def secret_key_fallback(self) -> str: ...


def django_settings(settings: DjangoServiceSettings) -> dict[str, Any]:
    """Django's settings from a service's own; the service adds its apps, middleware and URLs.

    Use: ``globals().update(django_settings(SERVICE_SETTINGS))``.
    """
    https = settings.production and settings.public_url.startswith("https://")
    return {
        "SERVICE_SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": [settings.secret_key_fallback] if settings.secret_key_fallback else [],
        "DEBUG": False,
        "ALLOWED_HOSTS": ["*"],  # the gateway checks Host; nothing here is built from it
        "APPEND_SLASH": False,
        "CSRF_TRUSTED_ORIGINS": [settings.public_url],
        # two admins on one host, apart by port alone, which cookies do not tell (RFC 6265, 8.5)
        "CSRF_COOKIE_NAME": f"{settings.service}_csrftoken",
        "SESSION_COOKIE_NAME": f"{settings.service}_sessionid",
        "SESSION_ENGINE": session_engine(settings),
        "CSRF_FAILURE_VIEW": "chassis.django.error_views.csrf_failed",
        "CSRF_COOKIE_SECURE": https,
        "SESSION_COOKIE_SECURE": https,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_HSTS_SECONDS": 31_536_000 if https else 0,
        "X_FRAME_OPTIONS": "DENY",
        # whether plain HTTP redirects and subdomains are TLS only is for the edge to decide
        "SILENCED_SYSTEM_CHECKS": ["security.W005", "security.W008", "security.W021"],
        "DATABASES": {"default": database(settings.database_url, f"{settings.service.upper()}_DATABASE_URL")},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "CACHES": {"default": cache(settings.cache_url) | {"KEY_PREFIX": settings.service}},
        "DATA_UPLOAD_MAX_MEMORY_SIZE": JSON_BODY_BYTES,
        "TEMPLATES": [_templates()],
        **_static(settings.static_dir),
        "LOGGING_CONFIG": None,  # chassis.logging has done it
        "LANGUAGE_CODE": "en",
        "TIME_ZONE": "UTC",
        "USE_TZ": True,
        "EVENT_SERVICE": f"{settings.service}_service.commands.event_service",  # a function, for the admin
        "TOKEN_KEYS": "chassis.django.authentication.key_of_issuer",
        "REST_FRAMEWORK": {
            "DEFAULT_AUTHENTICATION_CLASSES": ["chassis.django.authentication.BearerAuthentication"],
            "DEFAULT_PERMISSION_CLASSES": ["chassis.django.access.AccessTablePermission"],
            "DEFAULT_PARSER_CLASSES": ["chassis.django.parsers.JsonParser"],
            "DEFAULT_RENDERER_CLASSES": ["chassis.django.renderers.JsonRenderer"],
            "DEFAULT_CONTENT_NEGOTIATION_CLASS": "chassis.django.renderers.ContentNegotiation",
            "DEFAULT_SCHEMA_CLASS": "chassis.django.openapi.AutoSchema",
            "EXCEPTION_HANDLER": "chassis.django.exceptions.exception_handler",
            "UNAUTHENTICATED_USER": "chassis.django.authentication.Anonymous",
            "UNICODE_JSON": True,
            "URL_FORMAT_OVERRIDE": None,  # else ?format= of an unknown word answers 404 for a page that is there
        },
        "SPECTACULAR_SETTINGS": {
            "OAS_VERSION": "3.1.0",
            "VERSION": "1",
            "SCHEMA_PATH_PREFIX": "/api/v[0-9]+",
            "POSTPROCESSING_HOOKS": [
                "drf_spectacular.hooks.postprocess_schema_enums",
                "chassis.django.openapi.completed_by_chassis",
            ],
        },
    }


def session_engine(settings: DjangoServiceSettings) -> str:
    """The module that keeps the admin's log-ins; raises SettingsError where processes would know of different ones."""
    kept = settings.admin_sessions
    if settings.production and "cache" in kept and settings.cache_url.startswith("locmem:"):
        name = f"{settings.service.upper()}_ADMIN_SESSIONS"
        raise SettingsError(f"{name}={kept} needs a CACHE_URL that all processes share, redis:// or memcached://.")
    return f"django.contrib.sessions.backends.{kept}"


def database(url: str, variable: str) -> dict[str, Any]:
    """An entry of DATABASES from ``sqlite:///path`` or ``postgresql://…``; raises SettingsError naming the variable."""
    parts = urlsplit(url)
    match parts.scheme:
        case "postgresql" | "postgres" if _port(parts) is None:
            raise SettingsError(f"{variable} has no number for a port; an IPv6 address has brackets: @[::1]:5432/name.")
        case "sqlite":
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.path[1:], "OPTIONS": _sqlite_options()}
        case "postgresql" | "postgres":
            return {
                "ENGINE": "chassis.django.postgresql",
                "NAME": unquote(parts.path[1:]),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": unquote(parts.hostname or ""),
                "PORT": _port(parts) or "",
                "CONN_HEALTH_CHECKS": True,
                "OPTIONS": {"pool": {"min_size": 1, "max_size": 10, "timeout": 5}, **dict(parse_qsl(parts.query))},
            }
    raise SettingsError(f"{variable} must begin with sqlite:/// or postgresql://, not {parts.scheme!r}.")


def _port(parts: SplitResult) -> int | None:
    """The port of a URL, 0 where it names none; None where it is not a number."""
    try:
        return parts.port or 0
    except ValueError:
        return None


def cache(url: str) -> dict[str, Any]:
    """An entry of CACHES from ``locmem://``, ``redis://…`` or ``memcached://…``; raises SettingsError for others."""
    parts = urlsplit(url)
    match parts.scheme:
        case "locmem":
            return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        case "redis" | "rediss":
            return {"BACKEND": "chassis.django.cache.RedisCache", "LOCATION": url}
        case "memcached":
            return {"BACKEND": "chassis.django.cache.MemcachedCache", "LOCATION": parts.netloc}
    raise SettingsError(f"CACHE_URL must begin with locmem://, redis:// or memcached://, not {parts.scheme!r}.")


def _static(folder: str) -> dict[str, Any]:
    """The admin's few files: those in the folder, by names that tell their content and may be kept for ever.

    Without one, from where they were installed.
    """
    if not folder:
        return {"STATIC_URL": "/static/", "WHITENOISE_USE_FINDERS": True}
    return {
        "STATIC_URL": "/static/",
        "STATIC_ROOT": folder,
        "WHITENOISE_KEEP_ONLY_HASHED_FILES": True,
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
        },
    }


def _templates() -> dict[str, Any]:
    """What the admin's pages need."""
    processors = ("template.context_processors.request", "contrib.auth.context_processors.auth",
                  "contrib.messages.context_processors.messages")  # fmt: skip
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [f"django.{name}" for name in processors]},
    }


def _sqlite_options() -> dict[str, Any]:
    return {
        "transaction_mode": "IMMEDIATE",  # a reader that begins to write would be refused at once, and never wait
        "timeout": LOCK_WAIT_SECONDS,
        "init_command": _PRAGMAS,
    }
