from django.urls import path

from blog_service.posts.realworld import views

urlpatterns = [
    path("articles", views.Articles.as_view()),
    path("articles/feed", views.Feed.as_view()),
    path("articles/<str:slug>", views.Article.as_view()),
    path("articles/<str:slug>/favorite", views.Favorite.as_view()),
]
