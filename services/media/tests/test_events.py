"""The first handler is one row in HANDLERS: what runs in each mode takes it up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from chassis.events import envelope, testing, transports
from chassis.events.transports import Message
from media_service.database import Database
from sqlalchemy import text

from tests.support.waiting import eventually

DELETED = "blog.post.deleted.v1"
QUEUE = "media.blog-events"
WITH_A_ROW = f"""
import sys
from uuid import UUID
from chassis import run
from media_service import events
from media_service.assets.models import RemovedAsset

def note(session, event):
    session.add(RemovedAsset(id=UUID(event.data["post_id"]), removed_at=event.time))

events.HANDLERS = {{"{DELETED}": note}}
sys.exit(run.main(["media", sys.argv[1]]))
"""


@pytest.mark.parametrize("process", ["consumer", "messenger"])
def test_the_first_row_is_handled_by_what_runs_already(database: Database, tmp_path: Path, process: str) -> None:
    transport = transports.connect(os.environ["EVENTS_URL"])
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen([sys.executable, "-c", WITH_A_ROW, process], stdout=log, stderr=log)
    try:
        eventually(lambda: transport.depth(QUEUE))  # declared by the process
        event = testing.example(DELETED)
        message = Message(str(event.id), event.type, event.partition_key, envelope.encode(event))
        transport.publisher().publish([message, message], queue=QUEUE)
        eventually(lambda: states(database) == ["handled"] and transport.depth(QUEUE) == transports.Depth(0, None))
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
    finally:
        running.kill()
        running.wait()
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM removed_assets")) == 1


def states(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT state FROM inbox_event")))
