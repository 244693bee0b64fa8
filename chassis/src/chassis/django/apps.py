"""The chassis as a Django app."""

from django.apps import AppConfig


class ChassisConfig(AppConfig):
    name = "chassis.django"
    label = "chassis"
