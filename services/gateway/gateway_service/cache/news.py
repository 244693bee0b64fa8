"""What events say of answers that are kept, and whether events can be relied on to be heard."""

from collections import deque
from collections.abc import Callable
from time import monotonic

from chassis.events.envelope import Event
from chassis.events.signs_of_life import sign_of

from gateway_service.config import UPSTREAMS

OLD_SECONDS = 10.0
"""After so long without a word of a service's relay, what it should have said may be missing."""
MOST_WAITING = 10_000
ALL_POSTS = "posts"
"""The key of lists, by which blog says that any post may have come or gone."""
_POST = (ALL_POSTS, "post_id", "author_id")
_IN_LISTS = (ALL_POSTS, "post_id")  # counts are shown in lists
PURGES: dict[str, tuple[str, ...]] = {
    "blog.post.created.v1": _POST,
    "blog.post.updated.v1": _POST,
    "blog.post.deleted.v1": _POST,
    "blog.post.published.v1": _POST,
    "blog.post.unpublished.v1": _POST,
    "blog.post.slug_changed.v1": _POST,
    "blog.comment.created.v1": _IN_LISTS,
    "blog.comment.updated.v1": _IN_LISTS,
    "blog.comment.deleted.v1": _IN_LISTS,
    "blog.favourite.changed.v1": _IN_LISTS,
    "blog.follow.changed.v1": ("author_id",),
    "blog.shown.changed.v1": (ALL_POSTS, "shown_id"),  # pictures are shown in lists
    "media.shown.changed.v1": ("asset_id",),
}
"""By event type the fields whose values are surrogate keys; ALL_POSTS is one itself."""
_SIGNS = {sign_of(upstream): upstream for upstream in UPSTREAMS}
Keys = frozenset[str]


class News:
    """Follows the feed of events in its thread, and keeps what is to be purged until the cache asks.

    A service is current while its relay says that it has published everything: what comes later, it says later.
    """

    types = (*PURGES, *_SIGNS)

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._waiting: deque[Keys | None] = deque()
        self._alive: dict[str, float] = {}
        self._heard = False

    def on_subscribed(self) -> None:
        self._waiting.append(None)
        self._heard = True

    def on_event(self, event: Event) -> None:
        upstream = _SIGNS.get(event.type)
        if upstream:
            self._alive[upstream] = self._now()
        elif fields := PURGES.get(event.type):
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.clear()
                self._waiting.append(None)
            self._waiting.append(frozenset(ALL_POSTS if name == ALL_POSTS else event.data[name] for name in fields))

    def on_lost(self) -> None:
        self._heard = False
        self._alive = {}

    def is_current(self, upstream: str) -> bool:
        """Whether all that the service has told of by now was heard, but for a moment."""
        return self._heard and self._now() - self._alive.get(upstream, float("-inf")) < OLD_SECONDS

    def take(self) -> Keys | None:
        """One thing that is to be purged: surrogate keys, or None for everything. Raises IndexError at the end."""
        return self._waiting.popleft()

    def __bool__(self) -> bool:
        return bool(self._waiting)
