from django.urls import path, re_path

from auth_service.users.models import USERNAME
from auth_service.users.v1 import views

urlpatterns = [
    path("users", views.Users.as_view()),
    path("users/me", views.Me.as_view()),
    re_path(rf"^profiles/(?P<username>{USERNAME})$", views.PublicProfile.as_view()),
]
