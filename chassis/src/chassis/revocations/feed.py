"""Hears at once of tokens that are over, and asks auth now and then whether all was heard."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache

from chassis.client_credentials import client_credentials
from chassis.events import transports
from chassis.events.transports import Subscription, Transport, TransportLost
from chassis.internal_client import InternalClient, InternalNotFound, InternalUnavailable
from chassis.liveness import STUCK_SECONDS, Loop
from chassis.logging import get_logger
from chassis.metrics import gauge
from chassis.revocations.known import Revocations
from chassis.revocations.revoked_tokens import TYPES
from chassis.settings import ClientSettings

PATH = "/internal/revocations"
SNAPSHOT_SECONDS = 10.0
"""How often auth is asked while its events are heard, in case its relay is silent because it is dead."""
POLL_SECONDS = 1.0
"""How often auth is asked while its events are not heard: revocation is slower then, and goes on."""
RECEIVE_SECONDS = 1.0
RECONNECT_SECONDS = 1.0

log = get_logger()


class RevocationFeed(Revocations):
    """Keeps the list fresh in two threads: one hears events, one asks for snapshots.

    Subscribed first, then the snapshot, so nothing falls between; a lost connection does both again.
    """

    def __init__(self, transport: Callable[[], Transport], auth: Callable[[], InternalClient]) -> None:
        super().__init__()
        self._transport = transport
        self._auth = auth
        self._listener: Subscription | None = None
        self._tried = False
        self._since: str | None = None
        self._failed = False
        self._wanted = threading.Event()
        self._loops: list[Loop] = []

    def start(self) -> None:
        """Begin to listen and to ask; waits for nobody."""
        self.start_grace()
        gauge("revocations_confirmed_timestamp_seconds").set(0)
        gauge("revocations_listening").set(0)
        self._loops = [
            Loop("revocations", self._hear, within=STUCK_SECONDS),
            Loop("revocations snapshot", self._ask_in_turn, within=STUCK_SECONDS),
        ]

    def close(self) -> None:
        """Stop both, within little more than a second."""
        self._wanted.set()
        for loop in self._loops:
            loop.stop(2 * RECEIVE_SECONDS)
        self._hang_up()

    def _hear(self) -> float:
        """Take what arrived within a second, connecting first if need be; gives the seconds until the next turn."""
        try:
            if self._listener is None:
                also = (name for follower in self.followers for name in follower.types)
                self._listener = self._transport().listen(*TYPES, *also)
                self.on_subscribed()
                self._wanted.set()  # what was published before is in the next snapshot
            for delivery in self._listener.receive(RECEIVE_SECONDS):
                self.on_event(delivery.body)
        except TransportLost as error:
            if self.listening or not self._tried:
                log.warning("revocations not heard, polling for them", error=str(error))
            self._hang_up()
            return RECONNECT_SECONDS
        return 0.0

    def _hang_up(self) -> None:
        self.on_lost()
        listener, self._listener = self._listener, None
        if listener:
            with suppress(TransportLost):
                listener.close()

    def _ask_in_turn(self) -> float:
        self._wanted.clear()
        self.ask()
        self.tokens.forget_expired()
        gauge("revocations_remembered").set(len(self.tokens))
        self._wanted.wait(SNAPSHOT_SECONDS if self.listening and not self._failed else POLL_SECONDS)
        return 0.0

    def ask(self) -> None:
        """Fetch what was revoked since the last answer, or all that matters; logs a failure."""
        try:
            answer = self._auth().get_json(PATH, {"since": self._since} if self._since else None)
            for event in answer["events"]:
                self.on_event(event.encode())
            self._since = answer["next"]
        except InternalNotFound:
            pass  # an auth of an earlier release, beside which we are rolled out
        except (InternalUnavailable, KeyError, TypeError, AttributeError) as error:
            if not self._failed:
                log.warning("revocations not confirmed", error=str(error))
            self._failed = True
            return
        self._failed = False
        self.confirmed_at = time.monotonic()
        gauge("revocations_confirmed_timestamp_seconds").set_to_current_time()

    def on_subscribed(self) -> None:
        self._tell(listening=True)
        super().on_subscribed()

    def on_lost(self) -> None:
        self._tell(listening=False)
        super().on_lost()

    def _tell(self, *, listening: bool) -> None:
        self._tried = True
        gauge("revocations_listening").set(listening)


def feed_of(settings: ClientSettings) -> RevocationFeed:
    """The feed of a process, as its settings say; nothing is asked before it is started."""

    def transport() -> Transport:
        return transports.connect(settings.events_url)

    @cache
    def auth() -> InternalClient:  # auth itself has no client secret, and starts no feed
        return InternalClient(settings.auth_url, client_credentials(settings, "auth"))

    return RevocationFeed(transport, auth)
