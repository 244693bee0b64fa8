"""What a process knows of tokens that are over, and whether that can be relied on."""

import time
from collections.abc import Sequence
from typing import Protocol

from chassis.access import Access, privileged_roles
from chassis.events.envelope import Event, EventUndecodable, decode
from chassis.logging import get_logger
from chassis.problems import Problem
from chassis.revocations.revoked_tokens import RevokedTokens
from chassis.tokens import Claims

OLD_SECONDS = 60.0
"""After so long without an answer of auth's the list is not to be relied on."""
FIRST_SECONDS = 10.0
"""How long a new process without a list is unready; then it serves what needs none."""
TITLE = "Whether the token was revoked is not known"
log = get_logger()


class Follower(Protocol):
    """Hears other events through the same subscription, in its thread. All of them must have optional subscribers."""

    @property
    def types(self) -> Sequence[str]: ...

    def on_subscribed(self) -> None:
        """From here on nothing is missed; before it, anything may have been."""

    def on_event(self, event: Event) -> None:
        """One of these types, or one that ends tokens: the latter also in the thread that asks auth for them."""

    def on_lost(self) -> None:
        """Events are missed until it begins anew."""


class Revocations:
    """The list, and what whoever keeps it says of it.

    ``listening`` is whether events arrive, as far as the connection tells; ``confirmed_at`` when auth was last asked,
    by the monotonic clock, which all processes of a machine share.
    """

    def __init__(self) -> None:
        self.tokens = RevokedTokens()
        self.listening = False
        self.confirmed_at = float("-inf")
        self.followers: list[Follower] = []
        self._begun_at = float("inf")

    def follow(self, follower: Follower) -> None:
        """Have somebody else hear events too; to be called before the start."""
        self.followers.append(follower)

    def start_grace(self) -> None:
        """Promise a list from now on: a process without one is unready for FIRST_SECONDS."""
        self._begun_at = time.monotonic()

    def on_subscribed(self) -> None:
        """Nothing is missed from here on: the subscription is live."""
        self.listening = True
        for follower in self.followers:
            follower.on_subscribed()

    def on_event(self, body: bytes) -> None:
        """Take in an event, and pass it on; one that is none is logged."""
        try:
            event = decode(body)
            self.tokens.apply(event)
            for follower in self.followers:
                follower.on_event(event)
        except (EventUndecodable, KeyError, ValueError) as error:
            log.error("event not understood", error=str(error))  # noqa: TRY400  what is wrong is in the text

    def on_lost(self) -> None:
        """Events are missed until it begins anew."""
        self.listening = False
        for follower in self.followers:
            follower.on_lost()

    @property
    def old(self) -> bool:
        """Whether tokens may have been revoked that nobody told us about. Never before it has begun."""
        begun = self._begun_at < float("inf")
        return begun and (time.monotonic() - self.confirmed_at > OLD_SECONDS or not self.tokens.complete)

    def require_current(self, access: Access, claims: Claims | None) -> None:
        """Refuse what a privileged role decides while the list is old: raises Problem 503 ``revocations_unknown``."""
        decides = access.roles or access.weighs_roles
        if decides and claims and claims.roles & privileged_roles() and self.old:
            detail = "Auth cannot be asked at the moment whether your roles still hold. Reading goes on."
            raise Problem(503, "revocations_unknown", detail, title=TITLE)

    def ready(self) -> None:
        """Raise RuntimeError while there is no list, for the first seconds of the process."""
        first = time.monotonic() - self._begun_at < FIRST_SECONDS
        if first and self.confirmed_at == float("-inf"):
            raise RuntimeError("no list of revoked tokens yet")

    def current(self) -> None:
        """Raise RuntimeError while the list is old, or told by polling alone."""
        if self.old:
            raise RuntimeError("the list of revoked tokens is old")
        if not self.listening:
            raise RuntimeError("revocations are polled")
