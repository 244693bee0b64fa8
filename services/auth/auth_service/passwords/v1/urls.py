from django.urls import path

from auth_service.passwords.v1 import views

urlpatterns = [
    path("users/set_password", views.Change.as_view()),
    path("users/reset_password", views.ResetRequest.as_view()),
    path("users/reset_password_confirm", views.Reset.as_view()),
]
