"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a POST that is sent again creates nothing again.

A key is claimed in a transaction of its own, and the answer kept in the one that creates: either both are there or
neither, whoever dies. What is refused keeps nothing, and its key is free. Answers with a secret are not to be kept.
"""

import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b

from chassis import clock
from chassis.events.database import Execute
from chassis.events.ddl import Dialect
from chassis.problems import Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(hours=24)
RUNNING = timedelta(seconds=60)
"""For how long a claim holds whose process may have died: longer than most requests may take."""
FORGOTTEN = json.dumps({"status": 409, "headers": {}, "body": ""})
"""Kept in the place of an answer that nobody may read any more: what was done is not done again."""
_POSSIBLE = re.compile(r"[\x21-\x7e]{1,255}")
_AT_ONCE = 20

_FORGET = """
DELETE FROM idempotency_key WHERE id IN (SELECT id FROM idempotency_key WHERE expires_at < %s LIMIT %s {skip})
"""
_CLAIM = """
INSERT INTO idempotency_key (id, caller, fingerprint, owner, running_until, expires_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, owner = excluded.owner,
    running_until = excluded.running_until, expires_at = excluded.expires_at, answer = NULL
WHERE idempotency_key.expires_at < %s OR (idempotency_key.answer IS NULL AND idempotency_key.running_until < %s)
RETURNING 1
"""
_FOUND = "SELECT fingerprint, answer FROM idempotency_key WHERE id = %s"
_KEEP = "UPDATE idempotency_key SET answer = %s WHERE id = %s AND owner = %s AND answer IS NULL RETURNING 1"
_TAKE_BACK = "DELETE FROM idempotency_key WHERE id = %s AND owner = %s"
_RELEASE = "DELETE FROM idempotency_key WHERE id = %s AND owner = %s AND answer IS NULL"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a request under a key; ``id`` is of caller, method, path and key, ``fingerprint`` of what was sent.

    It may take as long as ``running`` says.
    """

    id: str
    caller: str
    fingerprint: str
    running: timedelta = RUNNING
    owner: str = field(default_factory=lambda: secrets.token_hex(8))


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What the first try was answered."""

    status: int
    headers: dict[str, str]
    body: str


def attempt_of(key: str, *, caller: object, method: str, path: str, sent: bytes) -> Attempt:
    """The try of a request under the key it sent; raises Problem (400) for what can be no key."""
    if not _POSSIBLE.fullmatch(key):
        raise Problem(400, "idempotency_key_invalid", f"{HEADER}: send 1 to 255 visible characters of ASCII.")
    bound = json.dumps([str(caller), method, path, key]).encode()
    return Attempt(_digest(bound), str(caller), _digest(sent))


def claim(execute: Execute, dialect: Dialect, attempt: Attempt, *, now: clock.Clock = clock.now) -> KeptAnswer | None:
    """Begin, in a transaction of its own; gives what to answer instead where this was done before.

    Raises Problem: 422 for a key that was used with another body, 409 while the first try goes on and where its answer
    is forgotten. What has expired goes, a little with each claim.
    """
    moment = clock.to_database(now())
    execute(_FORGET.format(skip="FOR UPDATE SKIP LOCKED" if dialect == "postgresql" else ""), (moment, _AT_ONCE))
    ends = (clock.to_database(now() + attempt.running), clock.to_database(now() + KEPT))
    columns = (attempt.id, attempt.caller, attempt.fingerprint, attempt.owner)
    if execute(_CLAIM, (*columns, *ends, moment, moment)):
        return None
    fingerprint, answer = next(iter(execute(_FOUND, (attempt.id,))), (attempt.fingerprint, None))
    if fingerprint != attempt.fingerprint:
        raise Problem(422, "idempotency_key_reused", "This key was used for something else; take a new one.")
    if answer is None:
        raise _in_progress()
    if answer == FORGOTTEN:
        raise Problem(409, "answer_forgotten", "It was done, and what it was answered is forgotten: look for it.")
    return KeptAnswer(**json.loads(answer))


def keep(execute: Execute, attempt: Attempt, answer: KeptAnswer) -> None:
    """Keep the answer, in the transaction that creates; raises Problem (409) where another try has taken over."""
    text = json.dumps({"status": answer.status, "headers": answer.headers, "body": answer.body})
    if not execute(_KEEP, (text, attempt.id, attempt.owner)):
        raise _in_progress()


def release(execute: Execute, attempt: Attempt) -> None:
    """Let the key be used again: nothing was created."""
    execute(_RELEASE, (attempt.id, attempt.owner))


def take_back(execute: Execute, attempt: Attempt) -> None:
    """Let the key be used again though it was answered: what was created is gone."""
    execute(_TAKE_BACK, (attempt.id, attempt.owner))


def _in_progress() -> Problem:
    detail = "The first request with this key is still being worked on."
    return Problem(409, "idempotency_in_progress", detail, headers={"Retry-After": "1"})


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=32).hexdigest()
