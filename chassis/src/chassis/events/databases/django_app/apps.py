"""The Django app that carries the migrations of the events tables, which are used through SQL, and of Walk."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "chassis.events.databases.django_app"
    label = "chassis_events"
    verbose_name = "Events"
