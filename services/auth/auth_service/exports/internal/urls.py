from chassis.django.exports import Held
from django.urls import path

from auth_service.exports.tables import EXPORTED

urlpatterns = [path("exports/<uuid:user_id>", Held.as_view(parts=EXPORTED))]
