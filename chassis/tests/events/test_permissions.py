"""Each service has an account on RabbitMQ that may publish its own types and read its own queues, and no others."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from chassis.events import transports
from chassis.events.databases import plain
from chassis.events.service import EventService
from chassis.events.topology import Queue, queues
from chassis.events.transports import Message, PublishOutcome, Transport, TransportLost, rabbitmq_permissions
from chassis.events.transports.rabbitmq import RabbitMQTransport

from launcher.servers import RabbitMQ
from tests.support import servers
from tests.support.events import PRINTED, printed, publish, rows, sqlite_url, take, wait_until
from tests.support.newsroom import NewsSettings, Person

pytestmark = pytest.mark.servers
READS = {
    "auth": ("media.asset.ready.v1", "media.asset.removed.v1"),
    "blog": ("auth.user.registered.v1", "media.asset.ready.v1"),
    "media": (),
}
HELP = "`broadsheet SERVICE events topology permissions` prints what an account needs"


def service(name: str, url: str = "") -> EventService:
    settings = NewsSettings().model_copy(update={"events_url": url or "sqlite:///var/bus.sqlite3"})
    return EventService(name=name, settings=settings)


@pytest.fixture(scope="module")
def broker() -> Iterator[RabbitMQ]:
    with servers.or_left_out(servers.rabbitmq_to_look_into()) as server:
        assert isinstance(server, RabbitMQ)
        yield server


@pytest.fixture
def accounts(broker: RabbitMQ, capsys: pytest.CaptureFixture[str]) -> dict[str, Transport]:
    """What each service sees of a broker whose administrator has typed what the command printed."""
    typed = broker.ctl("list_users")
    for name in READS:
        printed = Person(capsys).types(service(name, broker.url), "topology", "permissions")
        for line in printed.splitlines() if f"{name}\t" not in typed else ():
            _, *words = shlex.split(line)
            broker.ctl(*words, *([f"{name}-password"] if words[0] == "add_user" else []))
    return {name: transports.connect(url(broker, name)) for name in READS}


def url(broker: RabbitMQ, name: str, vhost: str = "%2F") -> str:
    return f"amqp://{name}:{name}-password@{broker.host}:{broker.port}/{vhost}"


def message(type_name: str) -> Message:
    return Message("1", type_name, "key", b"{}")


def send(transport: Transport, type_name: str, queue: str | None = None) -> PublishOutcome | None:
    with closing(transport.publisher()) as publisher:
        return publisher.publish([message(type_name)], queue=queue).get("1")


@pytest.mark.parametrize("name", READS)
def test_a_service_declares_reads_and_buries_on_its_own_queues(accounts: dict[str, Transport], name: str) -> None:
    own = queues(name, READS[name])
    assert accounts[name].apply(own) == accounts[name].differences(own) == []
    for queue in own:
        producer = queue.types[0].partition(".")[0]
        assert send(accounts[producer], queue.types[0]) is PublishOutcome.CONFIRMED
        assert send(accounts[producer], queue.types[0], queue.name) is PublishOutcome.CONFIRMED  # replay and repair
        with closing(accounts[name].subscribe([queue.name], prefetch=10)) as subscription:
            first, second = take(subscription, 2)
            subscription.dead_letter(first, "unreadable")
            subscription.ack([second])
        with closing(accounts[name].subscribe([queue.dead], prefetch=10)) as letters:
            assert send(accounts[name], "", queue.name) is PublishOutcome.CONFIRMED  # redrive
            letters.ack(take(letters, 1))


def test_a_service_sees_copies_of_what_is_published(accounts: dict[str, Transport]) -> None:
    with closing(accounts["media"].listen("#")) as listener:
        with closing(accounts["auth"].publisher()) as publisher:
            publisher.publish([replace(message("auth.user.registered.v1"), mandatory=False)])
        assert len(take(listener, 1)) == 1


@pytest.fixture
def listener(accounts: dict[str, Transport], broker: RabbitMQ) -> Transport:
    """What an account that only listens sees; the definitions made it."""
    assert accounts
    broker.define(rabbitmq_permissions.definitions({}, listeners={"gateway": "gateway-password"}))
    return transports.connect(url(broker, "gateway"))


def test_listener_sees_copies_and_leaves_no_queue(
    accounts: dict[str, Transport], listener: Transport, broker: RabbitMQ
) -> None:
    with closing(listener.listen("auth.session.revoked.v1", "auth.key.revoked.v1")) as copies:
        with closing(accounts["auth"].publisher()) as publisher:
            publisher.publish([replace(message("auth.key.revoked.v1"), mandatory=False)])
        assert len(take(copies, 1)) == 1
        assert "amq.gen-" in broker.ctl("list_queues", "name")
    wait_until(lambda: "amq.gen-" not in broker.ctl("list_queues", "name"))


LISTENER_REFUSED: dict[str, Callable[[Transport], object]] = {
    "publish": lambda gateway: send(gateway, "auth.session.revoked.v1"),
    "publish types of its own": lambda gateway: send(gateway, "gateway.opened.v1"),
    "read a service's queue": lambda gateway: gateway.subscribe(["blog.auth-events"], prefetch=1),
    "declare a queue that stays": lambda gateway: gateway.apply(
        [Queue("gateway.auth-events", ("auth.key.revoked.v1",))]
    ),
}


@pytest.mark.parametrize("attempt", LISTENER_REFUSED.values(), ids=LISTENER_REFUSED.keys())
def test_listener_may_not(
    accounts: dict[str, Transport], listener: Transport, attempt: Callable[[Transport], object]
) -> None:
    accounts["blog"].apply(queues("blog", READS["blog"]))
    with pytest.raises(TransportLost, match="ACCESS_REFUSED"):
        attempt(listener)


def test_killed_listener_leaves_no_queue(accounts: dict[str, Transport], listener: Transport, broker: RabbitMQ) -> None:
    """What a pod that dies leaves behind."""
    assert listener
    listen = (
        f"from chassis.events import transports as t; t.connect({url(broker, 'gateway')!r}).listen('#').receive(600)"
    )
    with subprocess.Popen([sys.executable, "-c", listen]) as process:
        wait_until(lambda: "amq.gen-" in broker.ctl("list_queues", "name"))
        process.kill()
    wait_until(lambda: "amq.gen-" not in broker.ctl("list_queues", "name"))


def publish_by_name(transport: Transport, queue: str) -> None:
    """Publish to RabbitMQ's default exchange, which has a way to every queue."""
    assert isinstance(transport, RabbitMQTransport)
    with transport._connection() as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish("", queue, b"{}")


REFUSED: dict[str, tuple[Callable[[Transport], object], str]] = {
    "publish another's type": (
        lambda auth: send(auth, "blog.post.published.v1"),
        "topic 'blog.post.published.v1' in exchange 'events'",
    ),
    "send to a queue that another producer's events are in": (
        lambda auth: send(auth, "auth.user.registered.v1", "blog.media-events"),
        "topic 'blog.media-events' in exchange 'events.redelivery'",
    ),
    "reach a queue past the topics": (lambda auth: publish_by_name(auth, "blog.auth-events"), "exchange 'amq.default'"),
    "read another's queue": (
        lambda auth: auth.subscribe(["blog.auth-events"], prefetch=1),
        "queue 'blog.auth-events'",
    ),
    "read another's dead letters": (
        lambda auth: auth.subscribe(["blog.auth-events.dead"], prefetch=1),
        "queue 'blog.auth-events.dead'",
    ),
    "declare another's queue": (
        lambda auth: auth.apply([Queue("blog.auth-events", ("auth.user.registered.v1",))]),
        "queue 'blog.auth-events.dead'",
    ),
}


@pytest.mark.parametrize(("attempt", "what"), REFUSED.values(), ids=REFUSED.keys())
def test_a_service_may_not(accounts: dict[str, Transport], attempt: Callable[[Transport], object], what: str) -> None:
    accounts["blog"].apply(queues("blog", READS["blog"]))
    with pytest.raises(TransportLost) as lost:
        attempt(accounts["auth"])
    expected = f"the broker refuses: ACCESS_REFUSED - access to {what} in vhost '/' refused for user 'auth'; {HELP}"
    assert str(lost.value) == expected


def test_jobs_of_others_are_out_of_reach(accounts: dict[str, Transport], broker: RabbitMQ) -> None:
    assert transports.connect(url(broker, "blog", "blog.jobs")).depth("blog.jobs") is None
    with pytest.raises(TransportLost) as lost:
        transports.connect(url(broker, "auth", "blog.jobs")).depth("blog.jobs")
    refused = "the broker refuses: NOT_ALLOWED - access to vhost 'blog.jobs' refused for user 'auth'"
    assert str(lost.value) == f"{refused}; {HELP}"


def test_how_to_install_says_the_same_as_the_command() -> None:
    """Its loop is run with a rabbitmqctl that only prints what it was told."""
    text = (Path(__file__).parents[3] / "docs/how-to/install.md").read_text()
    [loop] = re.findall(r"^    for service in auth blog media; do\n.*?^    done\n", text, re.DOTALL | re.MULTILINE)
    script = f"rabbitmqctl() {{ printf '%s\\n' rabbitmqctl \"$@\" ''; }}\n{loop}"
    printed = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    told = [each.splitlines() for each in printed.strip().split("\n\n")]
    assert told == [shlex.split(line) for name in READS for line in rabbitmq_permissions.rabbitmqctl(name)]
    of_gateway = [
        shlex.split(line) for line in text.splitlines() if line.startswith("    rabbitmqctl ") and " gateway " in line
    ]
    wanted = rabbitmq_permissions.definitions({}, listeners={"gateway": ""})
    assert [words[4:] for words in of_gateway] == [
        ["gateway", *(each[key] for key in keys)]
        for kind, keys in (
            ("permissions", ("configure", "write", "read")),
            ("topic_permissions", ("exchange", "write", "read")),
        )
        for each in wanted[kind]
    ]


def test_definitions_say_the_same_as_the_commands(
    accounts: dict[str, Transport], broker: RabbitMQ, tmp_path: Path
) -> None:
    file = tmp_path / "definitions.json"
    broker.ctl("export_definitions", str(file))
    there = json.loads(file.read_text())
    wanted = rabbitmq_permissions.definitions(dict.fromkeys(READS, ""))
    for kind in ("permissions", "topic_permissions"):
        assert sorted(map(str, wanted[kind])) == sorted(
            str({key: each[key] for key in wanted[kind][0]}) for each in there[kind] if each["user"] in READS
        )
    assert {each["name"] for each in wanted["vhosts"]} <= {each["name"] for each in there["vhosts"]}


def test_json_is_for_the_virtual_host_of_the_events_and_holds_no_account(capsys: pytest.CaptureFixture[str]) -> None:
    told = Person(capsys).asks(service("blog", "amqp://admin:sesame@broker/news%2F1"), "topology", "permissions")
    assert told["vhosts"] == [{"name": "news/1"}, {"name": "blog.jobs"}]
    assert {each["vhost"] for each in told["topic_permissions"]} == {"news/1"}
    assert "users" not in told


def test_process_says_what_its_account_may_not_do_and_goes_on_once_it_may(broker: RabbitMQ, tmp_path: Path) -> None:
    broker.ctl("add_user", "press", "press-password")
    broker.ctl("set_permissions", "press", "^$", "^$", "^$")
    transports.connect(broker.url).apply([Queue("reader.press-events", (PRINTED,))])
    with sqlite_url(tmp_path) as database_url, (tmp_path / "log").open("wb") as log:
        database = plain.connect(database_url)
        publish(database, printed())
        given = {"READER": "", "PRESS_DATABASE_URL": database_url, "EVENTS_URL": url(broker, "press")}
        command = [sys.executable, "-m", "tests.support.press_process", "relay"]
        with subprocess.Popen(command, env=os.environ | given, stdout=log, stderr=log) as relay:
            try:
                refused = "the broker refuses: ACCESS_REFUSED - access to exchange"
                wait_until(lambda: refused in (tmp_path / "log").read_text())
                for line in [*rabbitmq_permissions.rabbitmqctl("press")][1:]:
                    broker.ctl(*shlex.split(line)[1:])
                wait_until(lambda: rows(database, "SELECT 1 FROM outbox_event WHERE published_at IS NOT NULL"))
            finally:
                relay.terminate()
        database.close()
