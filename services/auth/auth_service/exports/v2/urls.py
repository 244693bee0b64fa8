from django.urls import path

from auth_service.exports.v2 import views

urlpatterns = [
    path("me/exports", views.OwnExports.as_view()),
    path("me/exports/<uuid:export_id>", views.OwnExport.as_view()),
]
