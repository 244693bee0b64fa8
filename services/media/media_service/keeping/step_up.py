"""Dangerous steps are for who has just logged in."""

from datetime import datetime, timedelta

from chassis.problems import Problem
from chassis.tokens import Claims

RECENT = timedelta(minutes=10)
"""How long a log-in counts, as auth has it for its own dangerous steps."""


class StepUpRequired(Problem):
    """The log-in was too long ago, or the token is of none."""

    def __init__(self) -> None:
        super().__init__(403, "step_up_required", "Log in again, and do it within ten minutes.")


def step_up_require(caller: Claims, *, now: datetime) -> None:
    """Let through whose token is of a log-in of the last ten minutes; raises StepUpRequired."""
    if caller.auth_time is None or caller.auth_time <= (now - RECENT).timestamp():
        raise StepUpRequired
