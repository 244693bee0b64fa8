from django.urls import path

from blog_service.discussions.v1 import views

urlpatterns = [
    path("posts/<slug:slug>/comments", views.Comments.as_view()),
    path("comments/<uuid:comment_id>", views.OneComment.as_view()),
    path("comments/<uuid:comment_id>/report", views.Report.as_view()),
]
