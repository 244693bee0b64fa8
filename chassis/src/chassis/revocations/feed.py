"""Hears at once of tokens that are over, and asks auth now and then whether all was heard."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Protocol

from chassis.access import Access
from chassis.client_credentials import client_credentials
from chassis.events import envelope, transports
from chassis.events.envelope import Event, EventUndecodable
from chassis.events.transports import Subscription, Transport, TransportLost
from chassis.internal_client import InternalClient, InternalNotFound, InternalUnavailable
from chassis.liveness import STUCK_SECONDS, Loop
from chassis.logging import get_logger
from chassis.metrics import gauge
from chassis.problems import Problem
from chassis.revocations.revoked_tokens import TYPES, RevokedTokens
from chassis.settings import ClientSettings
from chassis.tokens import Claims

PATH = "/internal/revocations"
SNAPSHOT_SECONDS = 10.0
"""How often auth is asked while its events are heard, in case its relay is silent because it is dead."""
POLL_SECONDS = 1.0
"""The same while they are not: revocation is slower then, and goes on."""
OLD_SECONDS = 60.0
"""After so long without an answer the list is not to be relied on."""
RECEIVE_SECONDS = 1.0
RECONNECT_SECONDS = 1.0
FIRST_SECONDS = 10.0
"""How long a new process without a list is unready; then it serves what needs none."""
PRIVILEGED = frozenset({"editor", "moderator", "admin"})
"""Roles that reach beyond what is one's own."""
TITLE = "Whether the token was revoked is not known"

log = get_logger()


class Follower(Protocol):
    """Hears other events through the same subscription, in its thread. All of them must have optional subscribers."""

    @property
    def types(self) -> Sequence[str]: ...

    def begins(self) -> None:
        """From here on nothing is missed; before it, anything may have been."""

    def hears(self, event: Event) -> None: ...

    def lost(self) -> None:
        """Events are missed until it begins anew."""


class RevocationFeed:
    """Keeps RevokedTokens fresh in two threads: one hears events, one asks for snapshots.

    Subscribed first, then the snapshot, so nothing falls between; a lost connection does both again.
    """

    def __init__(self, transport: Callable[[], Transport], auth: Callable[[], InternalClient]) -> None:
        self.tokens = RevokedTokens()
        self._transport = transport
        self._auth = auth
        self._followers: list[Follower] = []
        self._listener: Subscription | None = None
        self._listening: bool | None = None  # before the first attempt
        self._since: str | None = None
        self._failed = False
        self._confirmed_at = float("-inf")
        self._started_at = float("inf")
        self._wanted = threading.Event()
        self._loops: list[Loop] = []

    def follow(self, follower: Follower) -> None:
        """Have somebody else hear events too; to be called before the start."""
        self._followers.append(follower)

    def start(self) -> None:
        """Begin to listen and to ask; waits for nobody."""
        self._started_at = time.monotonic()
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

    @property
    def listening(self) -> bool:
        """Whether events arrive, as far as the connection tells."""
        return self._listening is True

    @property
    def old(self) -> bool:
        """Whether tokens may have been revoked that nobody told us about. Never before it is started."""
        started = self._started_at < float("inf")
        return started and (time.monotonic() - self._confirmed_at > OLD_SECONDS or not self.tokens.complete)

    def require_current(self, access: Access, claims: Claims | None) -> None:
        """Refuse what a privileged role decides while the list is old: raises Problem 503 ``revocations_unknown``."""
        decides = access.roles or access.weighs_roles
        if decides and claims and claims.roles & PRIVILEGED and self.old:
            detail = "Auth cannot be asked at the moment whether your roles still hold. Reading goes on."
            raise Problem(503, "revocations_unknown", detail, title=TITLE)

    def ready(self) -> None:
        """Raise RuntimeError while there is no list, for the first seconds of the process."""
        first = time.monotonic() - self._started_at < FIRST_SECONDS
        if first and self._confirmed_at == float("-inf"):
            raise RuntimeError("no list of revoked tokens yet")

    def current(self) -> None:
        """Raise RuntimeError while the list is old, or told by polling alone."""
        if self.old:
            raise RuntimeError("the list of revoked tokens is old")
        if not self._listening:
            raise RuntimeError("revocations are polled")

    def _hear(self) -> float:
        """Take what arrived within a second, connecting first if need be; gives the seconds until the next turn."""
        try:
            if self._listener is None:
                also = (name for follower in self._followers for name in follower.types)
                self._listener = self._transport().listen(*TYPES, *also)
                self._told(listening=True)
                for follower in self._followers:
                    follower.begins()
                self._wanted.set()  # what was published before is in the next snapshot
            for delivery in self._listener.receive(RECEIVE_SECONDS):
                self._apply(delivery.body, self.tokens.apply, *(follower.hears for follower in self._followers))
        except TransportLost as error:
            if self._listening is not False:
                log.warning("revocations not heard, polling for them", error=str(error))
            self._hang_up()
            return RECONNECT_SECONDS
        return 0.0

    def _hang_up(self) -> None:
        self._told(listening=False)
        for follower in self._followers:
            follower.lost()
        listener, self._listener = self._listener, None
        if listener:
            with suppress(TransportLost):
                listener.close()

    def _ask_in_turn(self) -> float:
        self._wanted.clear()
        self.ask()
        self.tokens.forget_expired()
        gauge("revocations_remembered").set(len(self.tokens))
        self._wanted.wait(SNAPSHOT_SECONDS if self._listening and not self._failed else POLL_SECONDS)
        return 0.0

    def ask(self) -> None:
        """Fetch what was revoked since the last answer, or all that matters; logs a failure."""
        try:
            answer = self._auth().get_json(PATH, {"since": self._since} if self._since else None)
            for event in answer["events"]:
                self._apply(event.encode(), self.tokens.apply)
            self._since = answer["next"]
        except InternalNotFound:
            pass  # an auth of an earlier release, beside which we are rolled out
        except (InternalUnavailable, KeyError, TypeError, AttributeError) as error:
            if not self._failed:
                log.warning("revocations not confirmed", error=str(error))
            self._failed = True
            return
        self._failed = False
        self._confirmed_at = time.monotonic()
        gauge("revocations_confirmed_timestamp_seconds").set_to_current_time()

    def _apply(self, body: bytes, *hearers: Callable[[Event], None]) -> None:
        try:
            event = envelope.decode(body)
            for hears in hearers:
                hears(event)
        except (EventUndecodable, KeyError, ValueError) as error:
            log.error("event not understood", error=str(error))  # noqa: TRY400  what is wrong is in the text

    def _told(self, *, listening: bool) -> None:
        self._listening = listening
        gauge("revocations_listening").set(listening)


def feed_of(settings: ClientSettings) -> RevocationFeed:
    """The feed of a process, as its settings say; nothing is asked before it is started."""

    def transport() -> Transport:
        return transports.connect(settings.events_url)

    @cache
    def auth() -> InternalClient:  # auth itself has no client secret, and starts no feed
        return InternalClient(settings.auth_url, client_credentials(settings, "auth"))

    return RevocationFeed(transport, auth)
