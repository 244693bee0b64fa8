"""The Django app that carries the migration of the events tables; they are used through SQL, so it has no models."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "chassis.events.databases.django_app"
    label = "chassis_events"
