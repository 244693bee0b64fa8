"""The relay: takes events from the outbox to the transport, in order per key, until each is confirmed."""

import threading
import time
from collections.abc import Callable, Collection

from chassis.events import event_metrics, signs_of_life
from chassis.events.backoff import Backoff
from chassis.events.databases.plain import PlainDatabase
from chassis.events.outbox_reader import OutboxReader, Pending, ShardClaim
from chassis.events.retention import Retention
from chassis.events.transports import Message, Publisher, PublishOutcome, TransportLost
from chassis.events.types import producer_of
from chassis.logging import get_logger

POLL_SECONDS = 1.0
log = get_logger()


class Relay:
    """Publishes what waits in one service's outbox; ``optional`` types need no queue to reach.

    ``declare`` makes the service's own queues, and is called before anything is published over a new connection:
    what a service tells itself must not be gone because its consumer starts later.

    With ``service``, an event of a type that another service owns stays in the outbox, and is tried again like one that
    nobody takes: RabbitMQ would close the channel on it, under everything that waits beside it.
    """

    def __init__(  # noqa: PLR0913  named
        self,
        database: PlainDatabase,
        publisher: Publisher,
        *,
        service: str | None = None,
        optional: Collection[str] = (),
        declare: Callable[[], object] = lambda: None,
        outbox: OutboxReader | None = None,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._service = service
        self._optional = frozenset(optional)
        self._declare = declare
        self._declared = False
        self._outbox = outbox or OutboxReader(database)
        self._backoff = Backoff()
        self._blocked = False
        self._alive_at = float("-inf")
        self._beat: Callable[[], None] = lambda: None
        self._retention = Retention(database)
        self._gauges = event_metrics.OutboxGauges(database)

    def run(self, stop: threading.Event, beat: Callable[[], None] = lambda: None) -> None:
        """Relay until ``stop``; a broker or a database that is away is waited for."""
        self._beat = beat
        while not stop.is_set():
            beat()
            try:
                self._turn(stop)
                self._backoff.reset()
            except TransportLost as error:
                event_metrics.reconnecting(error)
                self._declared = False
                self._backoff.wait(stop)
            except Exception as error:
                if not self._database.is_lost(error):
                    raise
                log.warning("database lost", error=str(error))
                self._backoff.wait(stop)
        self._publisher.close()
        self._database.close()

    def relay_pending(self) -> int:
        """Publish one batch of each shard that has something to publish; gives how many events were confirmed."""
        count, shard = 0, -1
        while True:
            self._beat()
            with self._outbox.claim(shard) as claim:
                if claim is None:
                    return count
                self.publish(claim)
                count, shard = count + len(claim.published), claim.shard

    def publish(self, claim: ShardClaim) -> None:
        """Publish a claim's events and note in it what became of them."""
        started = time.perf_counter()
        others = [row for row in claim.pending if not self._is_own(row)]
        foreign = {row.event_id: f"{row.type} is not {self._service}'s to publish" for row in others}
        own = [self._message(row) for row in claim.pending if row.event_id not in foreign]
        sent = dict.fromkeys(foreign, PublishOutcome.REFUSED) | (self._publisher.publish(own) if own else {})
        for row in claim.pending:
            match sent.get(row.event_id):
                case PublishOutcome.CONFIRMED:
                    claim.published.append(row)
                case PublishOutcome.RETURNED | PublishOutcome.REFUSED as outcome:
                    reason = foreign.get(row.event_id, outcome.value)
                    claim.refused.append((row, reason))
                    log.warning("event not taken", outcome=reason, type=row.type, event_id=row.event_id)
        event_metrics.published(claim, sent, time.perf_counter() - started)

    def _is_own(self, row: Pending) -> bool:
        return self._service in {None, producer_of(row.type)}

    def _turn(self, stop: threading.Event) -> None:
        ready = self._publisher.ready()
        if ready == self._blocked:
            self._blocked = not ready
            log.warning("transport blocked" if self._blocked else "transport takes events again")
            event_metrics.blocked(self._blocked)
        if not ready:
            stop.wait(POLL_SECONDS)
        else:
            if not self._declared:
                self._declare()
                self._declared = True
            relayed = self.relay_pending()
            self._tell_alive()
            if not relayed:
                self._database.wait(POLL_SECONDS)
        self._gauges.update()
        self._retention.purge_when_due(stop, self._beat)

    def _tell_alive(self) -> None:
        """Let listeners know that what was committed by now was published, so that silence means nothing new."""
        now = time.monotonic()
        if self._service and now - self._alive_at >= signs_of_life.SECONDS:
            self._alive_at = now
            self._publisher.publish([signs_of_life.sign(self._service)])

    def _message(self, row: Pending) -> Message:
        return Message(row.event_id, row.type, row.key, row.envelope.encode(), mandatory=row.type not in self._optional)
