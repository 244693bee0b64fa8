from django.urls import path

from blog_service.tags.realworld import views

urlpatterns = [path("tags", views.Tags.as_view())]
