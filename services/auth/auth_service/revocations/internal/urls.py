from django.urls import path

from auth_service.revocations.internal import views

urlpatterns = [path("revocations", views.Revocations.as_view())]
