from django.urls import path

from auth_service.erasure.v2 import views

urlpatterns = [
    path("me/deletion", views.OwnDeletion.as_view()),
    path("deletions/<str:receipt>", views.Receipt.as_view()),
]
