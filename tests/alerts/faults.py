"""What is broken to prove each alert, and what else may fire with it."""

import contextlib
import itertools
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psutil
import yaml
from chassis.events import envelope
from chassis.events.testing import example
from chassis.events.topology import REDELIVERY_EXCHANGE, dead_queue

from tests.alerts.stage import OUTSIDE, Stage
from tests.support.api import expect, json_of
from tests.support.photographs import photograph
from tests.support.small_disk import command_on_a_small_disk
from tests.support.waiting import eventually

LATE_SECONDS = 31
"""An event is late after thirty."""
HOUR = 3600
SMALL = 32
"""Mebibytes of a disk that is to fill."""
Injection = Callable[[Stage], contextlib.AbstractContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """Something that is broken until the end of ``inject``'s block.

    ``proves`` are the alerts it is there for, ``also`` those that tell of its consequences, ``components`` the only
    ones an alert of a component may name. ``by_the_page``: the commands under "Fix" are the whole cure; else they come
    after what broke was mended, which is the operator's work.
    """

    name: str
    proves: tuple[str, ...]
    inject: Injection
    also: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    by_the_page: bool = False


def stop(*names: str) -> Injection:
    return lambda stage: stage.stopped(*names)


@contextlib.contextmanager
def web_process_stopped(stage: Stage) -> Iterator[None]:
    with stage.stopped("blog-web"), stage.load("/api/v1/posts?page_size=2", clients=4, pause=0.1):
        yield


@contextlib.contextmanager
def inserts_fail(stage: Stage) -> Iterator[None]:
    post = {"title": "First light", "body": "Over the river."}
    with (
        stage.refusing("blog", "posts_post", "INSERT"),
        stage.load("/api/v1/posts", clients=2, pause=0.2, method="POST", json=post),
    ):
        yield


@contextlib.contextmanager
def table_locked(stage: Stage) -> Iterator[None]:
    with stage.locked("blog", "posts_post"), stage.load("/api/v1/posts?page_size=3", clients=64):
        yield


@contextlib.contextmanager
def connections_wait(stage: Stage) -> Iterator[None]:
    with stage.locked("media", "assets"), stage.load("/api/v1/media", clients=24):
        yield


@contextlib.contextmanager
def configuration_broken(stage: Stage) -> Iterator[None]:
    with _configured(stage, lambda text: text + "\nroutes: nowhere\n"):
        yield


@contextlib.contextmanager
def rate_too_low(stage: Stage) -> Iterator[None]:
    def lowered(text: str) -> str:
        configuration = yaml.safe_load(text)
        configuration["rates"]["address"] |= {"requests": 60, "burst": 10}
        return str(yaml.safe_dump(configuration))

    with _configured(stage, lowered), stage.load("/api/v1/posts?page_size=4", clients=3, pause=0.05, address=OUTSIDE):
        yield


@contextlib.contextmanager
def wrong_passwords(stage: Stage) -> Iterator[None]:
    body = {"login": "ada", "password": "not-this-one-either"}
    with stage.load("/api/v1/auth/jwt/create", clients=4, pause=0.2, method="POST", json=body):
        yield


@contextlib.contextmanager
def relay_paused(stage: Stage) -> Iterator[None]:
    _events(stage, "auth", "pause")
    try:
        _change_profile(stage)
        yield
    finally:
        _events(stage, "auth", "resume")


@contextlib.contextmanager
def events_late(stage: Stage) -> Iterator[None]:
    with relay_paused(stage):
        time.sleep(LATE_SECONDS)  # how old an event is is what this is about
    yield


@contextlib.contextmanager
def handler_fails(stage: Stage) -> Iterator[None]:
    with stage.refusing("blog", "authors_author", "INSERT OR UPDATE"):
        _change_profile(stage)
        yield


@contextlib.contextmanager
def event_buried(stage: Stage) -> Iterator[None]:
    """The page gives it up; what it leaves of it goes in the end."""
    queue = "blog.auth-events"
    event = replace(example("auth.user.registered.v1"), id=uuid.uuid4(), type="auth.user.promoted.v1")
    body = envelope.encode(event).decode()
    message = {"routing_key": queue, "payload": body, "payload_encoding": "string", "properties": {}}
    with httpx.Client(base_url=stage.rabbitmq.management_url) as broker:
        expect(broker.post(f"/api/exchanges/%2F/{REDELIVERY_EXCHANGE}/publish", json=message), 200)
        try:
            yield
        finally:
            expect(broker.delete(f"/api/queues/%2F/{dead_queue(queue)}/contents"), 204)


@contextlib.contextmanager
def queues_unbound(stage: Stage) -> Iterator[None]:
    """All that take what auth tells of a profile: an event that one queue takes is not given back."""
    listeners = ("blog", "media")
    with httpx.Client(base_url=stage.rabbitmq.management_url) as broker:
        for queue in (f"{service}.auth-events" for service in listeners):
            for binding in broker.get(f"/api/queues/%2F/{queue}/bindings").json():
                if binding["source"]:
                    key = binding["properties_key"]
                    expect(broker.delete(f"/api/bindings/%2F/e/{binding['source']}/q/{queue}/{key}"), 204)
    try:
        _change_profile(stage)
        yield
    finally:
        for service in listeners:
            _events(stage, service, "topology", "apply")


@contextlib.contextmanager
def memory_alarm(stage: Stage) -> Iterator[None]:
    stage.rabbitmq.ctl("set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        _change_profile(stage)
        yield
    finally:
        stage.rabbitmq.ctl("set_vm_memory_high_watermark", "absolute", "1GB")


@contextlib.contextmanager
def queue_left_over(stage: Stage) -> Iterator[None]:
    with httpx.Client(base_url=stage.rabbitmq.management_url) as broker:
        expect(broker.put("/api/queues/%2F/blog.former-events", json={"durable": True}), 201)
        try:
            yield
        finally:
            expect(broker.delete("/api/queues/%2F/blog.former-events"), 204)


@contextlib.contextmanager
def job_without_its_table(stage: Stage) -> Iterator[None]:
    stage.sql("blog", "ALTER TABLE webhooks_delivery RENAME TO webhooks_delivery_away")
    try:
        yield
    finally:
        stage.sql("blog", "ALTER TABLE webhooks_delivery_away RENAME TO webhooks_delivery")


@contextlib.contextmanager
def decoders_killed(stage: Stage) -> Iterator[None]:
    """What else kills them, memory and processor time, does it by signal 9, too."""
    ended = threading.Event()
    web = psutil.Process(stage.process("media-web").pid)
    (server,) = (each for each in web.children(recursive=True) if "forkserver" in " ".join(each.cmdline()))

    def kill() -> None:
        while not ended.wait(0.01):
            for child in server.children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()

    killing = threading.Thread(target=kill, daemon=True)
    killing.start()
    try:
        for number in range(6):
            stage.alice.upload(photograph(4000, 3000, seed=f"killed {number}"))
    finally:
        ended.set()
        killing.join()
    yield


@contextlib.contextmanager
def rendition_lost(stage: Stage) -> Iterator[None]:
    asset = json_of(stage.alice.upload(photograph(1600, 1200, seed="drift")), 201)
    for url in asset["urls"].values():
        stage.alice.wait_for_picture(url)
    folder = Path(stage.settings.environment["MEDIA_STORAGE_URL"].removeprefix("file://"))
    newest = max((file for file in folder.rglob("*") if file.is_file()), key=lambda file: file.stat().st_mtime)
    content = newest.read_bytes()
    newest.unlink()
    _do_now(stage, "sweeping.tasks.storage_reconcile")
    try:
        yield
    finally:
        if not newest.exists():  # the runbook did not get so far
            newest.write_bytes(content)
        _do_now(stage, "sweeping.tasks.storage_reconcile")


@contextlib.contextmanager
def store_away(stage: Stage) -> Iterator[None]:
    folder = Path(stage.settings.environment["MEDIA_STORAGE_URL"].removeprefix("file://"))
    away = folder.with_name("media-away")
    folder.rename(away)
    folder.touch()
    try:
        for number in range(5):
            stage.alice.upload(photograph(320, 240, seed=f"away {number}"))
        yield
    finally:
        folder.unlink()
        away.rename(folder)


@contextlib.contextmanager
def log_disk_full(stage: Stage) -> Iterator[None]:
    with (
        stage.instead_of("media-web", [], Path("/dev/full"), {}),
        stage.load("/api/v1/media", clients=1, pause=0.5),
    ):
        yield


@contextlib.contextmanager
def disk_filled(stage: Stage) -> Iterator[None]:
    folder = stage.platform.folder / "small"
    folder.mkdir(exist_ok=True)
    words = command_on_a_small_disk(folder, SMALL, 'exec "$@"')
    pictures = {"MEDIA_STORAGE_URL": f"file://{folder}"}
    with stage.instead_of("media-worker", words, stage.platform.folder / "small.log", pictures) as worker:
        filling = Path(f"/proc/{worker.pid}/root{folder}/filling")
        filling.write_bytes(bytes(int(SMALL * 0.98 * 2**20)))
        try:
            yield
        finally:
            filling.unlink()
            eventually(lambda: not {"DiskFull", "DiskFills"} & {name for name, _ in stage.alerts("firing")}, seconds=60)


@contextlib.contextmanager
def renditions_refused(stage: Stage) -> Iterator[None]:
    try:
        with stage.refusing("media", "renditions", "INSERT"):
            for number in range(16):
                stage.alice.upload(photograph(320, 240, seed=f"refused {number}"))
            yield
    finally:
        stage.sql("media", "UPDATE assets SET retry_at = now() WHERE status = 'processing'")


@contextlib.contextmanager
def quotas_full(stage: Stage) -> Iterator[None]:
    stage.sql("media", "INSERT INTO owner_storage SELECT gen_random_uuid(), 10000000000, 1 FROM generate_series(1, 9)")
    _do_now(stage, "measuring.tasks.storage_measure")
    try:
        yield
    finally:
        stage.sql("media", "DELETE FROM owner_storage WHERE bytes = 10000000000")
        _do_now(stage, "measuring.tasks.storage_measure")


@contextlib.contextmanager
def backup_aged(stage: Stage) -> Iterator[None]:
    cronjob = '{cronjob="broadsheet-backup"}'
    now = time.time()
    well = {f"kube_cronjob_created{cronjob}": now - 1000 * HOUR}
    well |= {f"kube_cronjob_status_last_{what}_time{cronjob}": now - HOUR for what in ("schedule", "successful")}
    aged = well | {f"kube_cronjob_status_last_successful_time{cronjob}": now - 51 * HOUR}
    stage.kube_state_metrics = aged
    try:
        yield
    finally:
        stage.kube_state_metrics = well


ERRORS = ("GatewayErrorsBurnFast", "GatewayErrorsBurnSlowly")
UNQUEUED = ("BeatStopped", "ScheduledPostsOverdue", "WebhooksLate", "RenditionsLate")
BEATS = ("auth-beat", "blog-beat", "media-beat")
GONE = ("WebAbsent", "WorkerAbsent", "TargetMissing")
"""Of a process that another one takes the place of, in which it takes a while to start."""
LATE = ("PipelineLateBurnsFast", "PipelineLateBurnsSlowly")
SLOW = ("GatewaySlowBurnsFast", "GatewaySlowBurnsSlowly")
FAULTS = (
    Fault(
        "auth's relay stopped",
        ("RelayAbsent",),
        stop("auth-messenger"),
        also=("ConsumerAbsent", "TargetMissing", "QueueWithoutConsumers"),
        components=("auth-relay", "auth-consumer"),
        by_the_page=True,
    ),
    Fault(
        "blog's consumer stopped",
        ("ConsumerAbsent",),
        stop("blog-messenger"),
        also=("RelayAbsent", "TargetMissing", "QueueWithoutConsumers"),
        components=("blog-relay", "blog-consumer"),
        by_the_page=True,
    ),
    Fault(
        "media's worker stopped",
        ("WorkerAbsent",),
        stop("media-worker"),
        also=("TargetMissing", "QueueWithoutConsumers"),
        components=("media-worker",),
        by_the_page=True,
    ),
    Fault(
        "blog's beat stopped",
        ("BeatStopped", "ScheduledPostsOverdue", "WebhooksLate"),
        stop("blog-beat"),
        also=("TargetMissing",),
        components=("blog-beat",),
        by_the_page=True,
    ),
    Fault(
        "blog's web process stopped",
        ("WebAbsent", "TargetMissing", "CircuitOpen"),
        web_process_stopped,
        also=(*ERRORS, *SLOW),
        components=("blog-web",),
        by_the_page=True,
    ),
    Fault(
        "auth's web process stopped: nobody gives keys and revocations",
        ("JwksStale", "RevocationsOld"),
        stop("auth-web"),
        also=("WebAbsent", "TargetMissing", "CircuitOpen", *ERRORS, *SLOW),
        components=("auth-web",),
    ),
    Fault(
        "RabbitMQ stopped",
        ("RevocationsPolled",),
        stop("rabbitmq"),
        also=("OutboxLags", *LATE, *UNQUEUED),
        components=BEATS,
    ),
    Fault("Redis stopped", ("RatesNotShared",), stop("redis")),
    Fault(
        "inserts into blog's posts refused by the database",
        ("ServiceErrors", *ERRORS),
        inserts_fail,
        also=SLOW,  # two writers on a machine that has much else to do
    ),
    Fault(
        "blog's posts locked for seconds, 64 readers",
        (*SLOW, "ManyRequestsShed"),
        table_locked,
        also=(  # no thread is left
            *ERRORS,
            "ServiceErrors",
            "JobsFail",
            "CircuitOpen",
            "TargetMissing",
            "WebAbsent",
            "DatabasePoolUsedUp",
        ),
        components=("blog-web",),
    ),
    Fault(
        "media's assets locked for seconds, 24 readers",
        ("DatabasePoolUsedUp",),
        connections_wait,
        also=(*SLOW, *ERRORS, "ServiceErrors", "ManyRequestsShed", "CircuitOpen", "JobsFail"),
    ),
    Fault("the gateway's configuration broken", ("ConfigurationRefused",), configuration_broken),
    Fault("a rate that is too low", ("ManyRequestsLimited",), rate_too_low, also=SLOW),
    Fault("wrong passwords, some each second", ("LoginsFail",), wrong_passwords, also=SLOW),
    Fault("auth's relay paused and forgotten", ("OutboxLags",), relay_paused, also=LATE, by_the_page=True),
    Fault(
        "events half a minute late",
        LATE,
        events_late,
        also=("OutboxLags",),
    ),
    Fault("an event that blog cannot handle", ("EventsParked",), handler_fails, also=LATE),
    Fault("an event of a type that blog does not know", ("DeadLetters",), event_buried, by_the_page=True),
    Fault(
        "no queue bound for auth's events",
        ("EventsUnroutable",),
        queues_unbound,
        also=("OutboxLags", *LATE),
        by_the_page=True,
    ),
    Fault(
        "RabbitMQ's memory alarm",
        ("BrokerBlocked",),
        memory_alarm,
        also=("OutboxLags", *LATE, *UNQUEUED),
        components=BEATS,
    ),
    Fault("a queue that was left over", ("QueueWithoutConsumers",), queue_left_over),
    Fault("a table that a job of blog needs is away", ("JobsFail",), job_without_its_table, also=("WebhooksLate",)),
    Fault("decoding children killed", ("DecodersDie",), decoders_killed, also=SLOW),
    Fault(
        "media's renditions refused by the database",
        ("DrawingFails", "RenditionsLate"),
        renditions_refused,
        also=("JobsFail", *SLOW),
    ),
    Fault("users at their quota", ("QuotasFill",), quotas_full),
    Fault("a rendition's file lost", ("PicturesDrift",), rendition_lost, also=("RenditionsLate", *SLOW)),
    Fault(
        "the folder of pictures away",
        ("StoreFails",),
        store_away,
        also=("ServiceErrors", *ERRORS, *SLOW, "JobsFail"),
    ),
    Fault("media's log on a full disk", ("LogLinesLost",), log_disk_full, also=GONE, components=("media-web",)),
    Fault(
        "the disk of media's worker filled",
        ("DiskFills", "DiskFull"),
        disk_filled,
        also=(*GONE, "QueueWithoutConsumers"),
        components=("media-worker",),
    ),
    Fault(
        "the last good backup made old, as kube-state-metrics would tell", ("BackupFailed", "BackupOld"), backup_aged
    ),
)
ALWAYS = "Watchdog"
"""The one alert that fires on a platform that is well."""
UNPROVED = {
    ALWAYS: "it fires always: each fault is begun only while it does",
    "BackupUnseen": "it asks in a cluster alone",
    "GatewayWorkersEnd": "the gateway of the proof is one process, without workers",
}
"""Alerts without a fault, and why."""


def wanted(alert: str) -> list[Fault]:
    """The faults that prove an alert, or all of them."""
    return [fault for fault in FAULTS if not alert or alert in fault.proves]


@contextlib.contextmanager
def _configured(stage: Stage, change: Callable[[str], str]) -> Iterator[None]:
    before = stage.gateway_config.read_text()
    stage.gateway_config.write_text(change(before))
    try:
        yield
    finally:
        stage.gateway_config.write_text(before)


def _events(stage: Stage, service: str, *words: str) -> None:
    done = stage.run(["broadsheet", service, "events", *words], service)
    assert done.returncode == 0, done.stdout + done.stderr


_numbers = itertools.count()


def _change_profile(stage: Stage) -> None:
    """Something that auth tells and blog listens to."""
    bio = {"profile": {"bio": f"Has changed {next(_numbers)} times."}}
    expect(stage.alice.http.patch("/api/v1/auth/users/me", json=bio), 200)


def _do_now(stage: Stage, job: str) -> None:
    """Have media's worker do what it does at times: a module of tasks and the job's name."""
    module, _, name = job.rpartition(".")
    stage.platform.shell("media", f"from media_service.{module} import {name} as now\nnow.delay()\n")
