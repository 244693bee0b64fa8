from django.urls import path

from auth_service.usernames.v1 import views

urlpatterns = [
    path("users/set_username", views.Change.as_view()),
    path("users/reset_username", views.ResetRequest.as_view()),
    path("users/reset_username_confirm", views.Reset.as_view()),
]
