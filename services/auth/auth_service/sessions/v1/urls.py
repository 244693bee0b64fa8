from django.urls import path

from auth_service.sessions.v1 import views
from auth_service.sessions.views import OtherSessions

urlpatterns = [
    path("jwt/create", views.Create.as_view()),
    path("jwt/refresh", views.Refresh.as_view()),
    path("jwt/verify", views.Verify.as_view()),
    path("logout", views.Logout.as_view()),
    path("sessions", views.Sessions.as_view()),
    path("sessions/others", OtherSessions.as_view()),
    path("sessions/<uuid:session_id>", views.OneSession.as_view()),
]
