from django.urls import path

from blog_service.discussions.realworld import views

urlpatterns = [
    path("articles/<str:slug>/comments", views.Comments.as_view()),
    path("articles/<str:slug>/comments/<int:number>", views.OneComment.as_view()),
]
