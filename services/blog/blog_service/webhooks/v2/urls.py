from django.urls import path

from blog_service.webhooks.v2 import deliveries, views

urlpatterns = [
    path("webhooks", views.Webhooks.as_view()),
    path("webhooks/<uuid:webhook_id>", views.OneWebhook.as_view()),
    path("webhooks/<uuid:webhook_id>/secret", views.Secret.as_view()),
    path("webhooks/<uuid:webhook_id>/ping", deliveries.Ping.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries", deliveries.Deliveries.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/redeliver", deliveries.Redeliver.as_view()),
]
