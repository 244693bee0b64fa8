"""Every address of blog. The gateway lets through the API, feeds and pages."""

from chassis.django.admin_login import log_in
from django.contrib import admin
from django.urls import include, path

from blog_service.pages.previews import preview

urlpatterns = [
    path("api/v1/", include("blog_service.posts.v1.urls")),
    path("api/v1/", include("blog_service.tags.v1.urls")),
    path("api/v1/", include("blog_service.profiles.v1.urls")),
    path("api/v1/", include("blog_service.discussions.v1.urls")),
    path("api/v2/", include("blog_service.posts.v2.urls")),
    path("api/v2/previews/<str:token>", preview),
    path("api/v2/", include("blog_service.tags.v2.urls")),
    path("api/v2/", include("blog_service.profiles.v2.urls")),
    path("realworld/api/", include("blog_service.posts.realworld.urls")),
    path("realworld/api/", include("blog_service.tags.realworld.urls")),
    path("realworld/api/", include("blog_service.profiles.realworld.urls")),
    path("realworld/api/", include("blog_service.discussions.realworld.urls")),
    path("", include("blog_service.feeds.urls")),
    path("api/v2/", include("blog_service.discussions.v2.urls")),
    path("api/v2/", include("blog_service.webhooks.v2.urls")),
    path("", include("blog_service.pages.urls")),
    path("internal/", include("blog_service.exports.internal.urls")),
    path("internal/", include("blog_service.posts.internal.urls")),
    path("admin/login/", log_in),
    path("admin/", admin.site.urls),
    path("", include("chassis.django.health")),
]

handler400 = "blog_service.pages.errors.bad_request"
handler403 = "chassis.django.error_views.permission_denied"
handler404 = "blog_service.pages.errors.not_found"
handler500 = "blog_service.pages.errors.server_error"
