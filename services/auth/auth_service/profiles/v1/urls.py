from django.urls import re_path

from auth_service.profiles.v1 import views
from auth_service.users.models import USERNAME

urlpatterns = [re_path(rf"^profiles/(?P<username>{USERNAME})$", views.PublicProfile.as_view())]
