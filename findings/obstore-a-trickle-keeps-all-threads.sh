#!/bin/bash
# obstore 0.12.1, LocalStore on Linux: a burst of reads at one time leaves more threads than there were reads, and one read each tenth of
# a second keeps all of them, though a single one would do. They end ten seconds after the last read. Guessed: a read is done by a thread
# that has just worked, and the others end. Each seems to have its turn instead, so that none is ever idle for ten seconds. Output seen:
#   after a burst of 60 reads: more than 60 threads
#   after 20 seconds of one read each 0.1 s: as many
#   after 15 seconds of nothing: fewer than 10
# So the threads of a process say how large its largest burst was, not how busy it is, and a probe that asks the store is enough to keep them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check obstore==0.12.1
cat >"$folder/count.py" <<'PYTHON'
import asyncio
import sys
from pathlib import Path

import obstore
from obstore.store import LocalStore

folder = Path(sys.argv[1])
READS = 60


def threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


async def read(store: LocalStore, name: int) -> None:
    await (await obstore.get_async(store, str(name))).bytes_async()


async def main() -> None:
    for number in range(READS):
        (folder / str(number)).write_bytes(bytes(1_000_000))
    store = LocalStore(folder)
    for _ in range(5):
        await asyncio.gather(*(read(store, number) for number in range(READS)))
    most = threads()
    print(f"after a burst of {READS} reads:", f"more than {READS} threads" if most > READS else most)
    for _ in range(200):
        await read(store, 0)
        await asyncio.sleep(0.1)
    now = threads()
    print("after 20 seconds of one read each 0.1 s:", "as many" if now >= most else now)
    await asyncio.sleep(15)
    now = threads()
    print("after 15 seconds of nothing:", "fewer than 10" if now < 10 else now)


asyncio.run(main())
PYTHON
mkdir "$folder/files"
"$folder/venv/bin/python" "$folder/count.py" "$folder/files" | tee "$folder/output"
grep '^#   after' "$0" | sed 's/^#   //' | diff - "$folder/output" || { echo "the behaviour has changed" >&2; exit 1; }
