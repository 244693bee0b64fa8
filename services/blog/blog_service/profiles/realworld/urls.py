from django.urls import path

from blog_service.profiles.realworld import views

urlpatterns = [
    path("profiles/<str:username>", views.Profile.as_view()),
    path("profiles/<str:username>/follow", views.Follow.as_view()),
]
