from django.urls import path

from blog_service.posts.v2 import (
    authorships,
    batches,
    changes,
    favourites,
    home_feed,
    previews,
    rendering,
    revisions,
    search,
    views,
)

urlpatterns = [
    path("feed", home_feed.HomeFeed.as_view()),
    path("posts", views.Posts.as_view()),
    path("posts/<uuid:post_id>", views.PostById.as_view()),
    path("posts/<uuid:post_id>/transitions", views.Transitions.as_view()),
    path("posts/<uuid:post_id>/authorship", authorships.Authorship.as_view()),
    path("posts/<uuid:post_id>/favourite", favourites.Favourite.as_view()),
    path("posts/<uuid:post_id>/preview-links", previews.PreviewLinks.as_view()),
    path("posts/<uuid:post_id>/preview-links/<uuid:link_id>", previews.OnePreviewLink.as_view()),
    path("changes", changes.Changes.as_view()),
    path("posts:batch-get", batches.Batch.as_view()),
    path("posts:render", rendering.Render.as_view()),
    path("posts/<uuid:post_id>/revisions", revisions.Revisions.as_view()),
    path("posts/<uuid:post_id>/revisions/<int:number>", revisions.OneRevision.as_view()),
    path("posts/<uuid:post_id>/revisions/<int:number>/restore", revisions.Restore.as_view()),
    path("search", search.Search.as_view()),
    path("posts/by-slug/<slug:slug>", views.PostBySlug.as_view()),
]
