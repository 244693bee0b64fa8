from django.urls import path

from auth_service.sessions.v2 import views
from auth_service.sessions.views import OtherSessions

urlpatterns = [
    path("sessions", views.Sessions.as_view()),
    path("sessions/refresh", views.Refresh.as_view()),
    path("sessions/current", views.CurrentSession.as_view()),
    path("sessions/others", OtherSessions.as_view()),
    path("sessions/<uuid:session_id>", views.OneSession.as_view()),
]
