"""The Django app that carries the table of Idempotency-Keys, for services whose POSTs honour them."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "chassis.django.idempotency"
    label = "chassis_idempotency"
