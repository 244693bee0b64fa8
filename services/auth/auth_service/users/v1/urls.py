from django.urls import path

from auth_service.users.v1 import views

urlpatterns = [path("users", views.Users.as_view())]
