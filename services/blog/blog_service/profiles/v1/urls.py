from django.urls import path

from blog_service.profiles.v1 import views

urlpatterns = [
    path("authors/<str:username>", views.AuthorByUsername.as_view()),
    path("authors/<str:username>/follow", views.Follow.as_view()),
]
