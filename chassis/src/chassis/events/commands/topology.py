"""``events topology``: whether the broker has what the service declares, making it so, and who may."""

import argparse
from typing import Any
from urllib.parse import unquote, urlsplit

from chassis.events.commands.context import CommandContext
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


def plan(context: CommandContext, _args: argparse.Namespace) -> None:
    declared = [
        {"queue": queue.name, "bound_to": type_name, "dead_letters": queue.dead}
        for queue in context.queues
        for type_name in queue.types
    ]
    differences = context.transport.differences(context.queues)
    if not context.out.as_json:
        context.out.table(declared, f"{context.service.name} handles no events.")
    _tell(context, differences, declared=declared)


def check(context: CommandContext, _args: argparse.Namespace) -> bool:
    return _tell(context, context.transport.differences(context.queues))


def apply(context: CommandContext, _args: argparse.Namespace) -> bool:
    return _tell(context, context.transport.apply(context.queues))


def permissions(context: CommandContext, _args: argparse.Namespace) -> None:
    """Asks no broker; with ``--json`` in the form of RabbitMQ's definitions, without the account itself."""
    name, vhost = context.service.name, _vhost(context.service.settings.events_url)
    if context.out.as_json:
        definitions = rabbitmq_permissions.definitions({name: ""}, vhost)
        del definitions["users"]  # imported, it would have no password
        context.out.document(definitions)
        return
    for command in rabbitmq_permissions.rabbitmqctl(name, vhost):
        context.out.say(command)


def _vhost(events_url: str) -> str:
    url = urlsplit(events_url)
    return (unquote(url.path.removeprefix("/")) if url.scheme.startswith("amqp") else "") or "/"


def _tell(context: CommandContext, differences: list[str], **more: object) -> bool:
    not_compared = context.transport.not_compared
    if context.out.as_json:
        context.out.document({**more, "differences": differences, "not_compared": not_compared})
        return bool(differences)
    rows = [{"difference": each} for each in differences]
    context.out.table(rows, f"{len(context.queues)} queues of {context.service.name} are as declared.")
    if not_compared:
        context.out.say(not_compared)
    return bool(differences)
