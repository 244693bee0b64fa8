"""What the pod's one feed of events hears, in each of its workers."""

import time

from chassis.events.envelope import EventUndecodable, decode
from chassis.logging import get_logger
from chassis.revocations import Revocations

log = get_logger()


class RelayedRevocations(Revocations):
    """Is told by the pod, in the order in which it was heard."""

    def begins(self) -> None:
        """The pod hears everything from here on."""
        self.listening = True
        for follower in self.followers:
            follower.begins()

    def hears(self, text: str) -> None:
        """An event; that this returns is the acknowledgement."""
        try:
            event = decode(text.encode())
            self.tokens.apply(event)
            for follower in self.followers:
                follower.hears(event)
        except (EventUndecodable, KeyError, ValueError) as error:
            log.error("event not understood", error=str(error))  # noqa: TRY400  what is wrong is in the text

    def lost(self) -> None:
        """The pod misses events until it begins anew."""
        self.listening = False
        for follower in self.followers:
            follower.lost()

    def confirmed(self, seconds: float | None) -> None:
        """Auth was asked so many seconds ago, or never."""
        if seconds is not None:
            self.confirmed_at = time.monotonic() - seconds
        self.tokens.forget_expired()
