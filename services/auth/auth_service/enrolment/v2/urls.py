from django.urls import path

from auth_service.enrolment.v2 import views

urlpatterns = [
    path("me/totp", views.SecondFactor.as_view()),
    path("me/totp/confirm", views.Confirm.as_view()),
    path("me/recovery-codes", views.RecoveryCodes.as_view()),
]
