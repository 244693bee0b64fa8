from django.urls import path

from blog_service.authors.v1 import views

urlpatterns = [path("authors/<str:username>", views.AuthorByUsername.as_view())]
