from django.urls import path

from auth_service.me.realworld import views

urlpatterns = [
    path("users", views.Users.as_view()),
    path("users/login", views.Login.as_view()),
    path("user", views.CurrentUser.as_view()),
]
