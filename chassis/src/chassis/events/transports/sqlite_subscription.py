"""Taking messages from the embedded transport, under leases that run out when their owner dies."""

import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from uuid import uuid4

from chassis.events.databases.sqlite import POLL_SECONDS, data_version
from chassis.events.topology import dead_queue
from chassis.events.transports import DELIVERY_LIMIT, Delivery
from chassis.events.transports.sqlite_bus import open_bus, writing

LEASE_SECONDS = 15.0

_FREE = """
SELECT d.queue, d.message_id FROM bus_delivery AS d
WHERE d.queue IN (SELECT value FROM json_each(:queues)) AND (d.lease_until IS NULL OR d.lease_until < :now)
AND NOT EXISTS (SELECT 1 FROM bus_delivery AS earlier WHERE earlier.queue = d.queue AND earlier.key = d.key
    AND earlier.message_id < d.message_id AND earlier.lease_owner <> :owner AND earlier.lease_until >= :now)
ORDER BY d.message_id LIMIT :count
"""
_LEASE = f"""
UPDATE bus_delivery SET lease_owner = :owner, lease_until = :until, deliveries = deliveries + 1
WHERE (queue, message_id) IN ({_FREE}) RETURNING queue, message_id, headers, deliveries
"""  # noqa: S608  made of constants
_RENEW = "UPDATE bus_delivery SET lease_until = ? WHERE lease_owner = ?"
_RELEASE = """
UPDATE bus_delivery SET lease_owner = NULL, lease_until = NULL, deliveries = deliveries - 1 WHERE lease_owner = ?
"""
_SETTLE = "DELETE FROM bus_delivery WHERE queue = ? AND message_id = ? AND lease_owner = ?"
_FORGET = """
DELETE FROM bus_message WHERE id = ? AND NOT EXISTS (SELECT 1 FROM bus_delivery WHERE message_id = bus_message.id)
"""
_BURY = """
UPDATE bus_delivery SET queue = ?, headers = ?, lease_owner = NULL, lease_until = NULL, deliveries = 0
WHERE queue = ? AND message_id = ? AND lease_owner = ?
"""


class SqliteSubscription:
    """A Subscription on the bus file."""

    def __init__(self, path: str, queues: Sequence[str], prefetch: int, lease_seconds: float = LEASE_SECONDS) -> None:
        self._connection = open_bus(path)
        self._queues = json.dumps(list(queues))
        self._prefetch = prefetch
        self._lease_seconds = lease_seconds
        self._owner = str(uuid4())
        self._held = 0
        self._renew_at = time.monotonic()
        self._seen = -1
        self._woken = threading.Event()

    def receive(self, timeout: float) -> list[Delivery]:
        deadline = time.monotonic() + timeout
        self._renew()
        arrived = self._take()
        while not arrived and time.monotonic() < deadline and not self._woken.wait(POLL_SECONDS):
            version = data_version(self._connection)
            if version != self._seen:
                self._seen = version
                arrived = self._take()
        self._woken.clear()
        return arrived

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        if not deliveries:
            return
        with writing(self._connection) as bus:
            bus.executemany(_SETTLE, [(each.queue, each.tag, self._owner) for each in deliveries])
            bus.executemany(_FORGET, [(each.tag,) for each in deliveries])
        self._held -= len(deliveries)

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        headers = json.dumps({**delivery.headers, "reason": reason, "queue": delivery.queue})
        identity = (delivery.queue, delivery.tag, self._owner)
        with writing(self._connection) as bus:
            bus.execute(_BURY, (dead_queue(delivery.queue), headers, *identity))
        self._held -= 1

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        try:
            with writing(self._connection) as bus:
                bus.execute(_RELEASE, (self._owner,))
        finally:
            self._connection.close()

    def _take(self) -> list[Delivery]:
        free = {
            "queues": self._queues,
            "now": time.time(),
            "owner": self._owner,
            "until": time.time() + self._lease_seconds,
            "count": self._prefetch - self._held,
        }
        if not self._connection.execute(_FREE, free).fetchone():  # only reads, so that idling is in nobody's way
            return []
        with writing(self._connection) as bus:
            leased = sorted(bus.execute(_LEASE, free).fetchall(), key=lambda row: row[1])
            bodies = {row[1]: self._body(bus, row[1]) for row in leased}
        self._held += len(leased)
        taken = [
            (Delivery(queue, number, bodies[number], count > 1, json.loads(headers)), count)
            for queue, number, headers, count in leased
        ]
        for delivery, count in taken:
            if count > DELIVERY_LIMIT:
                self.dead_letter(delivery, f"delivered {DELIVERY_LIMIT} times without an answer")
        return [delivery for delivery, count in taken if count <= DELIVERY_LIMIT]

    def _body(self, bus: sqlite3.Connection, number: int) -> bytes:
        return bytes(bus.execute("SELECT body FROM bus_message WHERE id = ?", (number,)).fetchone()[0])

    def _renew(self) -> None:
        if self._held and time.monotonic() >= self._renew_at:
            with writing(self._connection) as bus:
                bus.execute(_RENEW, (time.time() + self._lease_seconds, self._owner))
            self._renew_at = time.monotonic() + self._lease_seconds / 3
