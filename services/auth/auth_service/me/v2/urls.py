from django.urls import path

from auth_service.me.v2 import views

urlpatterns = [
    path("me", views.Me.as_view()),
    path("me/audit", views.Audit.as_view()),
]
