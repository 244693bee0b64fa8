"""A service's own slow work: Celery on RabbitMQ, or on a SQLite file where there is no broker.

A job is a hint: the truth is a state column, and a sweeper queues again what got stuck.
"""

from chassis.jobs.app import Schedule, celery_app
from chassis.jobs.job import Job

__all__ = ["Job", "Schedule", "celery_app"]
