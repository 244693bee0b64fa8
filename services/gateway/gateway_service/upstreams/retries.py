"""How much may be asked a second time: a share of what is asked at all."""

from gateway_service.guard_rules import Retries


class RetryBudget:
    """Retries of one service. Counting a request costs an addition; what it earns is reckoned when one is wanted."""

    def __init__(self, rules: Retries) -> None:
        self.rules = rules
        self.requests = 0
        self._reckoned = 0
        self._left = float(rules.burst)

    def spend(self) -> bool:
        """Whether one more retry may be made."""
        earned = (self.requests - self._reckoned) * self.rules.share
        self._left = min(self._left + earned, self.rules.burst)
        self._reckoned = self.requests
        if self._left < 1:
            return False
        self._left -= 1
        return True
