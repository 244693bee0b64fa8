from django.urls import path

from auth_service.emails.v2 import views

urlpatterns = [path("me/email", views.Email.as_view())]
