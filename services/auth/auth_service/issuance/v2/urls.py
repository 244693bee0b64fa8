from django.urls import path

from auth_service.issuance.v2 import views

urlpatterns = [
    path("me/tokens", views.PersonalTokens.as_view()),
    path("me/tokens/<uuid:token_id>", views.OnePersonalToken.as_view()),
]
