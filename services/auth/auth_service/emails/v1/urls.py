from django.urls import path

from auth_service.emails.v1 import views

urlpatterns = [
    path("users/set_email", views.Change.as_view()),
    path("users/set_email_confirm", views.Confirm.as_view()),
    path("users/undo_email", views.Undo.as_view()),
]
