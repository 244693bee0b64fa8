"""RabbitMQ's management API, which tells of arguments and bindings what AMQP does not.

https://www.rabbitmq.com/docs/http-api-reference
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import urllib3

from chassis.events.topology import EXCHANGE, Queue
from chassis.events.transports.amqp_topology import EXCHANGES, DeclaredQueue, declared_queues
from chassis.settings import SettingsError

TIMEOUT_SECONDS = 5
_IMPLICIT = ""
"""The exchange that every queue is bound to by its name."""


class Management:
    """Looks at a virtual host and changes nothing. The account is that of the AMQP URL unless ``url`` names one."""

    def __init__(self, url: str, amqp_url: str) -> None:
        broker, given = urlsplit(amqp_url), urlsplit(url)
        account = given if given.username else broker
        self._base = f"{given.scheme}://{given.netloc.rpartition('@')[2]}{given.path.rstrip('/')}/api"
        self._vhost = broker.path.removeprefix("/") or "%2F"
        self._headers = urllib3.make_headers(
            basic_auth=f"{unquote(account.username or 'guest')}:{unquote(account.password or 'guest')}"
        )

    def differences(self, queues: Sequence[Queue]) -> list[str]:
        """What is missing or other than declared, a sentence each; raises SettingsError when it cannot be asked."""
        problems = [problem for name, kind in EXCHANGES.items() for problem in self._of_exchange(name, kind)]
        return problems + [problem for queue in declared_queues(queues) for problem in self._of_queue(queue)]

    def _of_exchange(self, name: str, kind: str) -> Iterator[str]:
        found = self._get(f"exchanges/{self._vhost}/{name}")
        if found is None:
            yield f"exchange {name} is missing"
        else:
            yield from _compared(f"exchange {name}", {"type": kind, "durable": True}, found)

    def _of_queue(self, queue: DeclaredQueue) -> Iterator[str]:
        path = f"queues/{self._vhost}/{quote(queue.name, safe='')}"
        found = self._get(path)
        if found is None:
            yield f"queue {queue.name} is missing"
            return
        here = {"durable": found["durable"], **found["arguments"]}
        unknown = dict.fromkeys(found["arguments"].keys() - queue.arguments.keys())
        yield from _compared(f"queue {queue.name}", {"durable": True, **queue.arguments, **unknown}, here)
        there = {(each["source"], each["routing_key"]) for each in self._get(f"{path}/bindings") or []}
        wanted = {*queue.bindings}
        yield from (f"queue {queue.name} is not bound to {_shown(*each)}" for each in sorted(wanted - there))
        foreign = {each for each in there - wanted if each[0] != _IMPLICIT}
        yield from (f"queue {queue.name} is also bound to {_shown(*each)}" for each in sorted(foreign))

    def _get(self, path: str) -> Any:
        """The decoded answer; None for what is not there."""
        try:
            answer = urllib3.request(
                "GET", f"{self._base}/{path}", headers=self._headers, timeout=TIMEOUT_SECONDS, retries=False
            )
            if answer.status == 404:
                return None
            if answer.status != 200:
                raise SettingsError(f"EVENTS_MANAGEMENT_URL cannot be used: {self._base} answers {answer.status}.")
            return answer.json()
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise SettingsError(f"EVENTS_MANAGEMENT_URL cannot be used: {' '.join(str(error).split())}.") from error


def _compared(name: str, wanted: dict[str, object], found: dict[str, object]) -> Iterator[str]:
    for each, value in sorted(wanted.items()):
        if found.get(each) != value:
            yield f"{name} has {each} {_said(found.get(each))}, declared is {_said(value)}"


def _said(value: object) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _shown(exchange: str, key: str) -> str:
    return key if exchange == EXCHANGE else f"{key or 'all'} of exchange {exchange}"
