"""A quota, and how somebody stands in it. Times are microseconds: whole numbers, so that nothing is rounded twice."""

from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol

By = Literal["address", "user", "client"]
SECOND = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)  # each is its own: it is looked up for every request
class Quota:
    """At most ``burst`` requests at once and ``requests`` in ``seconds`` in the long run, of one address or account."""

    name: str
    by: By
    requests: int
    seconds: int
    burst: int
    shadow: bool = False  # it refuses nobody
    interval: int = field(init=False)  # between two requests at the long run's rate
    whole: int = field(init=False)  # in which all of what was used up at once is there again
    policy: bytes = field(init=False)
    """The value of RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "interval", -(-self.seconds * SECOND // self.requests))
        object.__setattr__(self, "whole", self.burst * self.interval)
        object.__setattr__(self, "policy", b'"%b";q=%d;w=%d' % (self.name.encode(), self.requests, self.seconds))

    def times(self, factor: int) -> "Quota":
        """A quota for somebody who may ask more often."""
        return replace(self, requests=self.requests * factor, burst=self.burst * factor)

    def key(self, whose: str) -> str:
        return f"{self.name}:{whose}"


def told(quotas: Iterable[Quota]) -> str:
    """For people."""
    return ", ".join(
        f"{each.name} {each.requests} in {each.seconds} s, {each.burst} at once{' (in shadow)' * each.shadow}"
        for each in quotas
    )


Take = tuple[Quota, str]
"""One request of a quota by its key."""


class Standing(NamedTuple):
    """How many more could be asked now, when all could be again, and how long to ``wait`` where nothing is left."""

    quota: Quota
    remaining: int
    full_in: int
    wait: int = 0

    @property
    def text(self) -> bytes:
        """The value of RateLimit."""
        return b'"%b";r=%d;t=%d' % (self.quota.name.encode(), self.remaining, -(-self.full_in // SECOND))


class Limiter(Protocol):
    """Takes one request of each of several quotas, or of none if one of them has nothing left."""

    def take(self, takes: Sequence[Take]) -> Standing | Awaitable[Standing]:
        """The tightest standing; the one to wait for, if there is one. Awaitable only where somebody must be asked."""

    def __len__(self) -> int:
        """How many keys are remembered."""

    async def close(self) -> None: ...
