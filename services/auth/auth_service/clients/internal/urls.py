from django.urls import path

from auth_service.clients.internal import views

urlpatterns = [path("tokens", views.Tokens.as_view())]
