from django.urls import path

from auth_service.staff.internal import views

urlpatterns = [path("credentials", views.Credentials.as_view())]
