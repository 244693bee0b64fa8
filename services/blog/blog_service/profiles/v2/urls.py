from django.urls import path

from blog_service.profiles.v2 import views

urlpatterns = [
    path("authors/<uuid:author_id>", views.AuthorById.as_view()),
    path("authors/<uuid:author_id>/follow", views.Follow.as_view()),
    path("authors/by-username/<str:username>", views.AuthorByUsername.as_view()),
]
