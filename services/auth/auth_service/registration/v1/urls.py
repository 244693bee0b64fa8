from django.urls import path

from auth_service.registration.v1 import views

urlpatterns = [
    path("users", views.Users.as_view()),
    path("users/activation", views.Activation.as_view()),
    path("users/resend_activation", views.ActivationResend.as_view()),
]
