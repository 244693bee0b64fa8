from django.urls import path

from blog_service.tags.v1 import views

urlpatterns = [path("tags", views.Tags.as_view())]
