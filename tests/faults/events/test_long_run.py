"""Two relays and three consumers, one of them killed every second: nothing lost, doubled or out of order."""

import random
import signal
import subprocess
import time

import pytest

from tests.faults.events.conftest import Record
from tests.faults.events.stage import Stage
from tests.support.events import printed

RELAYS, CONSUMERS = 2, 3


def restart(stage: Stage, crew: "list[subprocess.Popen[bytes]]", chance: random.Random) -> None:
    """Kill a random member of the crew and put another in its place."""
    place = chance.randrange(len(crew))
    crew[place].send_signal(signal.SIGKILL)
    crew[place].wait()
    crew[place] = stage.relay() if place < RELAYS else stage.consumer()


@pytest.mark.parametrize(("events", "keys"), [(500, 10), pytest.param(10_000, 100, marks=pytest.mark.long)])
def test_long_run_with_a_random_kill_every_second(stage: Stage, record: Record, events: int, keys: int) -> None:
    chance = random.Random(events)
    crew = [stage.relay() for _ in range(RELAYS)] + [stage.consumer() for _ in range(CONSUMERS)]
    next_kill = time.monotonic() + 1
    number = kills = 0
    while number < events or kills < 5:
        if number < events:
            stage.publish(printed(number % keys + 1, number // keys + 1))
            number += 1
        else:
            time.sleep(0.05)
        if time.monotonic() > next_kill:
            restart(stage, crew, chance)
            kills += 1
            next_kill = time.monotonic() + 1
    stage.settle(seconds=120)
    assert record(stage).clean
    found = stage.audit()
    assert (found.published, found.states["handled"], found.missing) == (events, events, [])
