from django.urls import path

from blog_service.posts.internal.views import MediaRefs

urlpatterns = [path("media-refs", MediaRefs.as_view())]
