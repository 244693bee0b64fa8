from django.urls import path

from auth_service.passwords.v2 import views

urlpatterns = [path("me/password", views.Password.as_view())]
