#!/bin/bash
# sentry-sdk 2.75.0 with Celery 5.7.0: with monitor_beat_tasks the scheduler tells Sentry that a run has begun (in_progress)
# before it queues the job, and says nothing more when it cannot: here since the entry lacks an argument, which Celery finds
# out while queueing. Celery logs the failure and goes on, so each time one more check-in is open until Sentry times it out,
# and no worker ever saw the job. Guessed: whoever does the job says that it begins, or the scheduler takes it back. Output seen:
#   due twice, queued 0: check-ins in_progress, in_progress
# So a monitor that "timed out" does not mean that the job hangs: look whether the beat's log says "Message Error".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check celery==5.7.0 sentry-sdk==2.75.0
"$folder/venv/bin/python" - <<'PYTHON' 2>/dev/null
import sentry_sdk
from celery import Celery
from celery.beat import Scheduler
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.transport import Transport

told = []


class Kept(Transport):
    def capture_envelope(self, envelope):
        told.extend(item.payload.json["status"] for item in envelope.items if item.type == "check_in")


sentry_sdk.init(
    dsn="http://key@127.0.0.1:9/1", transport=Kept, integrations=[CeleryIntegration(monitor_beat_tasks=True)]
)
app = Celery(broker="memory://", set_as_current=True)


@app.task(name="greet")
def greet(name):
    """Somebody."""


app.conf.beat_schedule = {"greet": {"task": "greet", "schedule": 3600}}
queued = []
app.amqp.send_task_message = lambda *arguments, **options: queued.append(arguments)
scheduler = Scheduler(app=app)
for _ in range(2):
    scheduler.apply_entry(scheduler.schedule["greet"])
print(f"due twice, queued {len(queued)}: check-ins {', '.join(told)}")
assert (queued, told) == ([], ["in_progress", "in_progress"]), "the behaviour has changed"
PYTHON
