"""What the supervisor's one feed of events hears, in each of its workers."""

import time

from chassis.revocations import Revocations


class RelayedRevocations(Revocations):
    """Is told by the supervisor, in the order in which it was heard."""

    def confirmed(self, seconds: float | None) -> None:
        """Auth was asked so many seconds ago, or never."""
        if seconds is not None:
            self.confirmed_at = time.monotonic() - seconds
        self.tokens.forget_expired()
