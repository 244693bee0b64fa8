"""What is left of somebody on a platform: in databases, on the broker, in the cache, in the store, in the logs."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from tests.support.platform import Platform

SERVICES = ("auth", "blog", "media")
FOLDERS = ("log", "media")
"""Beside databases and servers, which are asked for their contents: deleted rows stay in their files for a while.

``mail`` is left out: what lies there was delivered, and is its receivers'.
"""

_IN_SERVERS = """
import sys
from chassis.events import dead_letters, transports
from chassis.events.databases import plain
from {service}_service.settings import settings

NAMES = {names!r}
found = []


def look(place, value):
    text = repr(value).lower()
    found.extend(f"{{place}}: {{text[:300]}}" for name in NAMES if name in text)


database = plain.connect(settings().database_url)
tables = {{
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
}}
with database.transaction() as transaction:
    for [table] in transaction.execute(tables[database.dialect], ()):
        for row in transaction.execute(f'SELECT * FROM "{{table}}"', ()):
            look(f"{service}.{{table}}", row)
transport = transports.connect(settings().events_url)
for queue in {queues!r}:
    for letter in dead_letters.browse(transport, queue):
        look(f"dead letters of {{queue}}", letter.body)
if settings().cache_url.startswith("redis"):
    import redis

    cache = redis.Redis.from_url(settings().cache_url)
    read = {{b"string": cache.get, b"hash": cache.hgetall, b"set": cache.smembers}}
    for key in cache.scan_iter():
        kind = cache.type(key)
        look("cache", key)
        look("cache", read.get(kind, lambda key: cache.zrange(key, 0, -1) if kind == b"zset" else None)(key))
if found:
    sys.exit("TRACES\\n" + "\\n".join(sorted(set(found))))
"""


def traces(platform: Platform, names: Sequence[str]) -> list[str]:
    """Every place that still has one of the names, however it is spelt."""
    spelt = [name.lower() for name in names]
    found = [trace for service in SERVICES for trace in _of_service(platform, service, spelt)]
    found += [trace for name in ("bus", "jobs") for trace in _of_file(platform.folder / f"{name}.sqlite3", spelt)]
    return found + [trace for name in FOLDERS for trace in _of_folder(platform.folder / name, spelt)]


def _of_service(platform: Platform, service: str, names: list[str]) -> list[str]:
    queues = [f"{service}.{other}-events" for other in SERVICES if other != service]
    script = _IN_SERVERS.format(service=service, names=names, queues=queues)
    done = platform.make("shell", f"S={service}", typed=script)
    if done.returncode == 0:
        return []
    assert "TRACES" in done.stderr, done.stdout + done.stderr
    lines = done.stderr.partition("TRACES\n")[2].splitlines()
    return [line for line in lines if not line.startswith("make")]


def _of_file(file: Path, names: list[str]) -> Iterator[str]:
    if not file.exists():
        return
    with closing(sqlite3.connect(file)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f'SELECT * FROM "{table}"'):
                text = repr(row).lower()
                yield from (f"{file.name}.{table}: {text[:300]}" for name in names if name in text)


def _of_folder(folder: Path, names: list[str]) -> Iterator[str]:
    for file in folder.rglob("*"):
        content = f"{file}\n".encode() + (file.read_bytes() if file.is_file() else b"")
        for line in content.lower().splitlines():
            yield from (f"{file}: {line[:300].decode(errors='replace')}" for name in names if name.encode() in line)
