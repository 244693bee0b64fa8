from django.urls import path

from auth_service.me.v1 import views

urlpatterns = [path("users/me", views.Me.as_view())]
