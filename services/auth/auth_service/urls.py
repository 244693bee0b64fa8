"""Every path auth answers. The gateway shows those below ``/api/`` and ``/.well-known/``, under the same names."""

from chassis.django.admin_login import log_in
from django.contrib import admin
from django.urls import include, path

import auth_service.openapi  # noqa: F401  the generator of the contract finds what has been imported
from auth_service.keys.document import ROUTE
from auth_service.keys.views import Jwks
from auth_service.staff.views import password_change

urlpatterns = [
    path("api/v1/auth/", include("auth_service.sessions.v1.urls")),  # first: most requests are its
    path("api/v1/auth/", include("auth_service.registration.v1.urls")),
    path("api/v1/auth/", include("auth_service.me.v1.urls")),
    path("api/v1/auth/", include("auth_service.profiles.v1.urls")),
    path("api/v1/auth/", include("auth_service.passwords.v1.urls")),
    path("api/v1/auth/", include("auth_service.usernames.v1.urls")),
    path("api/v1/auth/", include("auth_service.emails.v1.urls")),
    path("api/v2/", include("auth_service.me.v2.urls")),
    path("api/v2/", include("auth_service.sessions.v2.urls")),
    path("api/v2/", include("auth_service.passwords.v2.urls")),
    path("api/v2/", include("auth_service.emails.v2.urls")),
    path("api/v2/", include("auth_service.enrolment.v2.urls")),
    path("api/v2/", include("auth_service.issuance.v2.urls")),
    path("api/v2/", include("auth_service.erasure.v2.urls")),
    path("api/v2/", include("auth_service.exports.v2.urls")),
    path("realworld/api/", include("auth_service.me.realworld.urls")),
    path(ROUTE, Jwks.as_view()),
    path("account/", include("auth_service.pages.urls")),
    path("internal/", include("auth_service.clients.internal.urls")),
    path("internal/", include("auth_service.users.internal.urls")),
    path("internal/", include("auth_service.staff.internal.urls")),
    path("internal/", include("auth_service.exports.internal.urls")),
    path("internal/", include("auth_service.revocations.internal.urls")),
    path("internal/", include("auth_service.personal_tokens.internal.urls")),
    path("admin/login/", log_in),
    path("admin/password_change/", admin.site.admin_view(password_change)),
    path("admin/", admin.site.urls),
    path("", include("chassis.django.health")),
]

handler400 = "chassis.django.error_views.bad_request"
handler403 = "chassis.django.error_views.permission_denied"
handler404 = "chassis.django.error_views.not_found"
handler500 = "chassis.django.error_views.server_error"
