from django.urls import path

from auth_service.users.internal import views

urlpatterns = [
    path("authors", views.Authors.as_view()),
]
