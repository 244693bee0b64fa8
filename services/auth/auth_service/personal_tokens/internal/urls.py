from django.urls import path

from auth_service.personal_tokens.internal import views

urlpatterns = [path("personal-tokens", views.PersonalTokens.as_view())]
