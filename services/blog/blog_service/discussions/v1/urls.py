from django.urls import path

from blog_service.discussions.v1 import reviews, views
from blog_service.discussions.views import Report

urlpatterns = [
    path("posts/<slug:slug>/comments", views.Comments.as_view()),
    path("comments", reviews.Reviews.as_view()),
    path("comments/<uuid:comment_id>", views.OneComment.as_view()),
    path("comments/<uuid:comment_id>/report", Report.as_view()),
    path("comments/<uuid:comment_id>/approve", reviews.Approve.as_view()),
    path("comments/<uuid:comment_id>/hold", reviews.Hold.as_view()),
    path("comments/<uuid:comment_id>/reject", reviews.Reject.as_view()),
]
