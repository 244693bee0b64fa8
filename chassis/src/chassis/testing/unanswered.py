"""How what is done under an Idempotency-Key can end without an answer, for the tests of every ``create_once``."""

from asyncio import CancelledError

from chassis.problems import Problem

UNANSWERED = [Problem(422, "refused", "It is refused."), RuntimeError("a fault of ours"), CancelledError()]
"""Each reaches who asked, and the key is free afterwards."""
HIDE_KEYS = "ALTER TABLE idempotency_key RENAME TO hidden_key"
"""Makes freeing a key fail."""
SHOW_KEYS = "ALTER TABLE hidden_key RENAME TO idempotency_key"
