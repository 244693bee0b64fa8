#!/bin/bash
# anyio 4.16.0 (Python 3.11, asyncio): the worker threads of to_thread.run_sync() that have been idle for longer than ten seconds do not
# end by themselves. Whoever calls it next ends them, when it takes an idle one. Guessed from MAX_IDLE_TIME, which is 10 seconds: the
# threads of a burst are gone soon after it. Output seen:
#   after a burst of 20 calls: 20
#   30 seconds later: 20
#   after one more call: 1
# So a process that falls silent after a burst (Starlette and FastAPI run plain functions this way) keeps up to 40 threads until it is
# asked something that needs one, and a test that waits for them to end waits for ever unless it asks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check anyio==4.16.0
cat >"$folder/count.py" <<'PYTHON'
import threading
import time

import anyio
from anyio import to_thread


def threads() -> int:
    return threading.active_count() - 1


async def main() -> None:
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(to_thread.run_sync, time.sleep, 1)
    print("after a burst of 20 calls:", threads())
    await anyio.sleep(30)
    print("30 seconds later:", threads())
    await to_thread.run_sync(int)
    await anyio.sleep(1)
    print("after one more call:", threads())


anyio.run(main)
PYTHON
"$folder/venv/bin/python" "$folder/count.py" | tee "$folder/output"
grep -E '^#   (after|30)' "$0" | sed 's/^#   //' | diff - "$folder/output" || { echo "the behaviour has changed" >&2; exit 1; }
