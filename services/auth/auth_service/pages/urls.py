from django.urls import path

from auth_service.pages import views

urlpatterns = [
    path("activate/<str:uid>/<str:token>", views.Activate.as_view()),
    path("reset-password/<str:uid>/<str:token>", views.ResetPassword.as_view()),
    path("confirm-email/<str:uid>/<str:token>", views.ConfirmEmail.as_view()),
    path("undo/<str:uid>/<str:token>", views.UndoEmail.as_view()),
    path("reset-username/<str:uid>/<str:token>", views.ResetUsername.as_view()),
]
