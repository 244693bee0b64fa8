"""``events topology``: whether the broker has what the service declares, making it so, and who may."""

import argparse
from typing import Any
from urllib.parse import unquote, urlsplit

from chassis.events.commands.desk import Desk
from chassis.events.transports import rabbitmq_permissions


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("topology", help="queues and bindings: plan, apply, check, permissions")
    actions = parser.add_subparsers(required=True, metavar="action")
    for name, does, text in (
        ("plan", plan, "tell what is declared, and what of it is missing or different"),
        ("apply", apply, "create what is missing; what is different is told and left"),
        ("check", check, "exit with 1 when something is missing or different"),
        ("permissions", permissions, "print the commands that make its account on RabbitMQ"),
    ):
        actions.add_parser(name, parents=[shared], help=text).set_defaults(run=does)


def plan(desk: Desk, _words: argparse.Namespace) -> None:
    declared = [
        {"queue": queue.name, "bound_to": type_name, "dead_letters": queue.dead}
        for queue in desk.queues
        for type_name in queue.types
    ]
    differences = desk.transport.differences(desk.queues)
    if not desk.out.as_json:
        desk.out.table(declared, f"{desk.service.name} handles no events.")
    _tell(desk, differences, declared=declared)


def check(desk: Desk, _words: argparse.Namespace) -> bool:
    return _tell(desk, desk.transport.differences(desk.queues))


def apply(desk: Desk, _words: argparse.Namespace) -> bool:
    return _tell(desk, desk.transport.apply(desk.queues))


def permissions(desk: Desk, _words: argparse.Namespace) -> None:
    """Asks no broker; with ``--json`` in the form of RabbitMQ's definitions, without the account itself."""
    name, vhost = desk.service.name, _vhost(desk.service.settings.events_url)
    if desk.out.as_json:
        definitions = rabbitmq_permissions.definitions({name: ""}, vhost)
        del definitions["users"]  # imported, it would have no password
        desk.out.document(definitions)
        return
    for command in rabbitmq_permissions.rabbitmqctl(name, vhost):
        desk.out.say(command)


def _vhost(events_url: str) -> str:
    url = urlsplit(events_url)
    return (unquote(url.path.removeprefix("/")) if url.scheme.startswith("amqp") else "") or "/"


def _tell(desk: Desk, differences: list[str], **more: object) -> bool:
    unseen = desk.transport.unseen
    if desk.out.as_json:
        desk.out.document({**more, "differences": differences, "not_compared": unseen})
        return bool(differences)
    rows = [{"difference": each} for each in differences]
    desk.out.table(rows, f"{len(desk.queues)} queues of {desk.service.name} are as declared.")
    if unseen:
        desk.out.say(unseen)
    return bool(differences)
