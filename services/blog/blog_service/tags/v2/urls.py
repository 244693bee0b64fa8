from django.urls import path

from blog_service.tags.v2 import views

urlpatterns = [
    path("tags", views.Tags.as_view()),
    path("tags/<int:tag_id>", views.OneTag.as_view()),
    path("tags/<int:tag_id>/merge", views.Merge.as_view()),
]
