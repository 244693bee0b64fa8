"""What a service's account may do on RabbitMQ: use queues of its own, and publish types of its own.

Its jobs are in a virtual host of their own, where it may do anything: Celery's queues for delayed jobs have the same
names for all. https://www.rabbitmq.com/docs/access-control
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from chassis.events.topology import DEAD_EXCHANGE, EXCHANGE, REDELIVERY_EXCHANGE

ANY = ".*"
NOTHING = "^$"
_LISTENERS_QUEUES = r"amq\.gen-.*"
_WORD = "[a-z0-9_-]+"


def jobs_vhost(service: str) -> str:
    """The virtual host of a service's jobs is called as their queue is."""
    return f"{service}.jobs"


def names(service: str) -> str:
    """What a service may declare, bind, write to and read from: its queues, the exchanges, and what ``tail`` makes."""
    exchanges = "|".join(map(re.escape, (EXCHANGE, DEAD_EXCHANGE, REDELIVERY_EXCHANGE)))
    return rf"^({exchanges}|{_own_queues(service)}|{_LISTENERS_QUEUES})$"


def topics(service: str) -> dict[str, tuple[str, str]]:
    """By exchange the routing keys with which a service may publish, and those with which it may bind."""
    own = _own_queues(service)
    return {
        EXCHANGE: (rf"^{service}\.", ANY),
        REDELIVERY_EXCHANGE: (rf"^({own}|{_WORD}\.{service}-events)$", f"^{own}$"),
    }


def definitions(
    passwords: Mapping[str, str], vhost: str = "/", *, listeners: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """RabbitMQ's definitions of accounts called as their services, by service the password; events are in ``vhost``.

    ``listeners`` only see copies of what is published: they can make a queue that goes with them, and publish nothing.
    """
    listening = listeners or {}
    topic_permissions = [
        (service, exchange, *may) for service in passwords for exchange, may in topics(service).items()
    ]
    topic_permissions += [(service, EXCHANGE, NOTHING, ANY) for service in listening]
    return {
        "vhosts": [{"name": name} for name in (vhost, *map(jobs_vhost, passwords))],
        "users": [
            {"name": name, "password": password, "tags": ""} for name, password in {**passwords, **listening}.items()
        ],
        "permissions": [each for service in passwords for each in _permissions(service, vhost)]
        + [_listening(service, vhost) for service in listening],
        "topic_permissions": [
            {"user": service, "vhost": vhost, "exchange": exchange, "write": write, "read": read}
            for service, exchange, write, read in topic_permissions
        ],
    }


def rabbitmqctl(service: str, vhost: str = "/") -> Iterator[str]:
    """One service's account and permissions as commands; the first asks for the account's password."""
    made = definitions({service: ""}, vhost)
    yield shlex.join(["rabbitmqctl", "add_user", service])
    yield shlex.join(["rabbitmqctl", "add_vhost", jobs_vhost(service)])
    for each in made["permissions"]:
        granted = [each["user"], each["configure"], each["write"], each["read"]]
        yield shlex.join(["rabbitmqctl", "set_permissions", "--vhost", each["vhost"], *granted])
    for each in made["topic_permissions"]:
        granted = [each["user"], each["exchange"], each["write"], each["read"]]
        yield shlex.join(["rabbitmqctl", "set_topic_permissions", "--vhost", each["vhost"], *granted])


def _permissions(service: str, vhost: str) -> Iterator[dict[str, str]]:
    for where, pattern in ((vhost, names(service)), (jobs_vhost(service), ANY)):
        yield {"user": service, "vhost": where, "configure": pattern, "write": pattern, "read": pattern}


def _listening(service: str, vhost: str) -> dict[str, str]:
    own = rf"^{_LISTENERS_QUEUES}$"
    read = rf"^({EXCHANGE}|{_LISTENERS_QUEUES})$"
    return {"user": service, "vhost": vhost, "configure": own, "write": own, "read": read}


def _own_queues(service: str) -> str:
    return rf"{service}\.{_WORD}-events(\.dead)?"
