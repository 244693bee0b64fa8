"""One AMQP connection and channel, driven step by step by the thread that owns it.

Built on pika's asynchronous connection because its blocking one waits for every confirm and flushes every ack
(docs/decisions says more). Nothing here starts a thread.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

import pika
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.channel import Channel
from pika.exceptions import AMQPError

from chassis.connection_errors import server_reason
from chassis.events.transports import TransportLost

HEARTBEAT_SECONDS = 15
OPEN_SECONDS = 10
CLOSE_SECONDS = 2

FAILURES = (AMQPError, AMQPConnectorException, OSError)
"""What pika raises when there is no getting through."""

CANCELLED = "the broker ended a subscription: its queue is gone or moves, or a delivery was not acknowledged in time"
"""A cancel by the broker (basic.cancel) does not say which of these it is."""

# it tells one lost connection in ten errors; TransportLost tells it once
logging.getLogger("pika").addHandler(logging.NullHandler())
logging.getLogger("pika").propagate = False


def lost(reason: object) -> TransportLost:
    """Tell why there is no connection: in the broker's own words where it lets the account not in, or not do it."""
    refusal = server_reason(repr(reason))
    if not refusal.startswith(("ACCESS_REFUSED", "NOT_ALLOWED")):
        return TransportLost(f"the connection to the broker is closed: {reason!r}")
    needed = "; `broadsheet SERVICE events topology permissions` prints what an account needs"
    return TransportLost(f"the broker refuses: {refusal}{needed if 'access to' in refusal else ''}")


def parameters(url: str, name: str) -> pika.URLParameters:
    """How to connect; ``name`` is shown by the broker's own tools."""
    result = pika.URLParameters(url)
    result.heartbeat = HEARTBEAT_SECONDS
    result.socket_timeout = result.stack_timeout = OPEN_SECONDS
    result.client_properties = {"connection_name": name}
    return result


class _Connection(pika.SelectConnection):
    def abort(self) -> None:
        """Close the socket without a word to the broker."""
        self._terminate_stream(AMQPError("abandoned"))


class AmqpConnection:
    """An open connection with one channel; raises TransportLost whenever it turns out to be closed."""

    def __init__(self, url: str, name: str) -> None:
        self.blocked = self._disconnected = False
        self._lost: BaseException | str | None = None
        self._channel: Channel | None = None
        self._wake_sent = self._woken = False
        self._connection = _Connection(
            parameters(url, name),
            on_open_callback=self._open_channel,
            on_open_error_callback=self._on_disconnected,
            on_close_callback=self._on_disconnected,
        )
        self._loop = self._connection.ioloop
        self._loop.activate_poller()
        try:
            self.drive(lambda: self._channel is not None, OPEN_SECONDS)
        except TransportLost:
            self.close()
            raise
        if self._channel is None:
            self.close()
            raise TransportLost(f"the broker did not answer within {OPEN_SECONDS} s")

    @property
    def channel(self) -> Channel:
        if self._lost is not None or self._channel is None:
            raise lost(self._lost)
        return self._channel

    def drive(self, done: Callable[[], bool], timeout: float) -> None:
        """Let frames in and out until ``done()`` or ``timeout`` seconds are over; 0 only takes what is there."""
        self._step(lambda: self._lost is not None or done(), timeout)
        if self._lost is not None:
            raise lost(self._lost)

    def wake(self) -> None:
        """Make the owner's ``drive`` look at its condition now; safe from any thread."""
        if not self._wake_sent:
            self._wake_sent = True
            self._loop.add_callback_threadsafe(self._on_woken)

    def take_wake(self) -> bool:
        """Whether somebody called ``wake`` since this was asked last."""
        woken, self._woken = self._woken, False
        return woken

    def close(self, *, abort: bool = False) -> None:
        """Close in good order, or at once when the broker owes an answer that nobody waits for any more."""
        if self._connection.is_open and not abort:
            self._connection.close()
            self._step(lambda: self._disconnected, CLOSE_SECONDS)
        if not self._disconnected:
            self._connection.abort()
            self._step(lambda: self._disconnected, CLOSE_SECONDS)
        self._lost = self._lost or "closed"
        self._loop.deactivate_poller()
        self._loop.close()

    def _step(self, done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        timer = self._loop.call_later(max(seconds, 0), lambda: None)  # ends a poll in time
        while not done():
            try:
                self._loop.poll()
                self._loop.process_timeouts()
            except FAILURES as error:
                self._lost = error
            if time.monotonic() >= deadline:
                break
        self._loop.remove_timeout(timer)

    def _open_channel(self, connection: pika.SelectConnection) -> None:
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_lost)
        channel.add_on_cancel_callback(lambda _frame: self._on_lost(channel, CANCELLED))
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._ready(channel))

    def _ready(self, channel: Channel) -> None:
        self._channel = channel

    def _on_confirm(self, frame: Any) -> None:
        """Overridden by the one who publishes."""

    def _on_disconnected(self, connection: object, reason: BaseException | str) -> None:
        self._disconnected = True
        self._on_lost(connection, reason)

    def _on_lost(self, _subject: object, reason: BaseException | str) -> None:
        self._lost = reason

    def _on_blocked(self, *_: object) -> None:
        self.blocked = True

    def _on_unblocked(self, *_: object) -> None:
        self.blocked = False

    def _on_woken(self) -> None:
        self._wake_sent, self._woken = False, True
