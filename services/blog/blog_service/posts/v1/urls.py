from django.urls import path

from blog_service.posts.v1 import archive, favourites, home_feed, images, views

urlpatterns = [
    path("feed", home_feed.HomeFeed.as_view()),
    path("posts", views.Posts.as_view()),
    path("posts/<slug:slug>", views.PostBySlug.as_view()),
    path("posts/<slug:slug>/publish", views.Publish.as_view()),
    path("posts/<slug:slug>/unpublish", views.Unpublish.as_view()),
    path("posts/<slug:slug>/favourite", favourites.Favourite.as_view()),
    path("archive", archive.Archive.as_view()),
    path("archive/<int:year>", archive.ArchiveOfYear.as_view()),
    path("archive/<int:year>/<int:month>", archive.ArchiveOfMonth.as_view()),
    path("posts/<slug:slug>/images", images.Images.as_view()),
    path("posts/<slug:slug>/images/<uuid:image_id>", images.OneImage.as_view()),
]
