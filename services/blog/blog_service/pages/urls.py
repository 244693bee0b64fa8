from django.urls import path

from blog_service.pages import views

urlpatterns = [
    path("posts", views.PostsPage.as_view()),
    path("posts/<str:slug>", views.PostPage.as_view()),
    path("authors/<str:username>", views.AuthorPage.as_view()),
    path("tags/<str:name>", views.TagPage.as_view()),
    path("style/<str:name>.css", views.Stylesheet.as_view()),
]
