"""What is known of access tokens that are over before they expire."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from chassis.events.envelope import Event
from chassis.realworld import TOKEN_SECONDS
from chassis.tokens import Claims, TokenRefused

LEEWAY_SECONDS = 30
"""A token is taken for so long after it has expired: the difference of clocks that verifiers allow."""
REMEMBERED_SECONDS = TOKEN_SECONDS + 300
"""For so long it matters what ended all tokens of an account or a key: the longest that a token lives, and more."""
MOST_SESSIONS = 100_000
"""Ended sessions and personal tokens that are remembered: about 20 MB. Of a crowd beyond that, the first to expire go.
"""


class RevokedTokens:
    """Sessions and personal tokens that ended, accounts whose sessions all ended, roles that were lost, keys withdrawn.

    Each is forgotten when no token it concerns can be alive. Events may come twice and in any order. Two threads may
    apply events while others ask.

    ``changes`` counts what may have ended a token, once it is on the list: who has looked need not look again before it
    is another number.
    """

    def __init__(self, now: Callable[[], float] = time.time, most: int = MOST_SESSIONS) -> None:
        self._now = now
        self._most = most
        self._lock = threading.Lock()
        self._sessions: dict[UUID, float] = {}
        self._users: dict[UUID, tuple[float, int]] = {}
        self._roles: dict[UUID, tuple[float, int, frozenset[str]]] = {}
        self._keys: dict[str, float] = {}
        self._incomplete_until = 0.0
        self.changes = 0

    def __len__(self) -> int:
        return len(self._sessions) + len(self._users) + len(self._roles) + len(self._keys)

    @property
    def complete(self) -> bool:
        """Whether nothing that still matters had to be forgotten for want of room."""
        return self._now() >= self._incomplete_until

    def require_live(self, claims: Claims) -> None:
        """Raise TokenRefused ``token_revoked`` for a token that is on the list."""
        if claims.sid in self._sessions or claims.kid in self._keys:
            raise TokenRefused("token_revoked")
        ended = self._users.get(claims.sub)
        if ended and born(claims) <= ended[1]:
            raise TokenRefused("token_revoked")
        held = self._roles.get(claims.sub)
        if held and not claims.roles <= held[2]:
            raise TokenRefused("token_revoked", "The account has lost a role that the token names.")

    def apply(self, event: Event) -> None:
        """Take in an event; one of another type says nothing here. Raises KeyError or ValueError for wrong data."""
        apply = _APPLY.get(event.type)
        if apply:
            with self._lock:
                apply(self, event)
                self.changes += 1

    def told(self) -> dict[str, Any]:
        """All that is known, in plain JSON, for another process's list."""
        with self._lock:
            return {
                "sessions": {str(sid): until for sid, until in self._sessions.items()},
                "users": {str(user): entry for user, entry in self._users.items()},
                "roles": {str(user): [until, at, [*held]] for user, (until, at, held) in self._roles.items()},
                "keys": dict(self._keys),
                "incomplete_until": self._incomplete_until,
            }

    def take_over(self, told: dict[str, Any]) -> None:
        """Know what another process's list has ``told``, instead of what was known here."""
        with self._lock:
            self._sessions = {UUID(sid): until for sid, until in told["sessions"].items()}
            self._users = {UUID(user): (until, not_before) for user, (until, not_before) in told["users"].items()}
            roles = told["roles"].items()
            self._roles = {UUID(user): (until, sequence, frozenset(held)) for user, (until, sequence, held) in roles}
            self._keys = dict(told["keys"])
            self._incomplete_until = told["incomplete_until"]
            self.changes += 1

    def forget_expired(self) -> None:
        """Drop what concerns no living token any more."""
        now = self._now()
        with self._lock:
            for entries in (self._sessions, self._keys):
                _drop(entries, [key for key, until in entries.items() if until <= now])
            for by_user in (self._users, self._roles):
                _drop(by_user, [key for key, entry in by_user.items() if entry[0] <= now])

    def _session_revoked(self, event: Event) -> None:
        self._ended("session_id", event)

    def _personal_token_revoked(self, event: Event) -> None:
        self._ended("token_id", event)

    def _ended(self, name: str, event: Event) -> None:
        """What tokens say as ``sid`` is over."""
        until = _seconds(event.data["expires_at"]) + LEEWAY_SECONDS
        if until <= self._now():
            return
        self._sessions[UUID(event.data[name])] = until
        if len(self._sessions) > self._most:
            oldest = list(islice(self._sessions, self._most // 100 + 1))
            self._incomplete_until = max(self._incomplete_until, *(self._sessions[each] for each in oldest))
            _drop(self._sessions, oldest)

    def _tokens_revoked(self, event: Event) -> None:
        user, not_before = UUID(event.data["user_id"]), int(_seconds(event.data["not_before"]) * 1000)
        known = self._users.get(user, (0.0, 0))
        self._users[user] = max(known, (not_before / 1000 + REMEMBERED_SECONDS, not_before))

    def _role_changed(self, event: Event) -> None:
        user = UUID(event.data["user_id"])
        known = self._roles.get(user)
        if known is None or event.sequence > known[1]:
            until = event.time.timestamp() + REMEMBERED_SECONDS
            self._roles[user] = (until, event.sequence, frozenset(event.data["roles"]))

    def _key_revoked(self, event: Event) -> None:
        self._keys[str(event.data["kid"])] = _seconds(event.data["revoked_at"]) + REMEMBERED_SECONDS


_APPLY: dict[str, Callable[[RevokedTokens, Event], None]] = {
    "auth.session.revoked.v1": RevokedTokens._session_revoked,  # noqa: SLF001  the class above has them for this table alone
    "auth.personal_token.revoked.v1": RevokedTokens._personal_token_revoked,  # noqa: SLF001
    "auth.user.tokens_revoked.v1": RevokedTokens._tokens_revoked,  # noqa: SLF001
    "auth.role.changed.v1": RevokedTokens._role_changed,  # noqa: SLF001
    "auth.key.revoked.v1": RevokedTokens._key_revoked,  # noqa: SLF001
}
TYPES = tuple(_APPLY)
"""The events that end tokens. Nobody has to subscribe to them, so listening changes nothing for who publishes.

``auth.user.suspended.v1`` is not among them: with it always comes the end of all sessions.
"""


def born(claims: Claims) -> int:
    """When a token's session began, in milliseconds since 1970: its id says so (RFC 9562, UUIDv7).

    ``iat`` has whole seconds: by it a log-in within the second of a revocation would die, or what was revoked live on.
    """
    return claims.sid.int >> 80 if claims.sid.version == 7 else claims.iat * 1000


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _drop(entries: dict[Any, Any], keys: list[Any]) -> None:
    for key in keys:
        entries.pop(key, None)
