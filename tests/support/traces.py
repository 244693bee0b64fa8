"""What is left of somebody on a platform: in databases, on the broker, in the cache, in the store, in the logs."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.erasure import GO_ON
from tests.support.platform import Platform

FOLDERS = ("log", "media")
"""Beside databases and servers, which are asked for their contents: deleted rows stay in their files for a while.

``mail`` is left out: what lies there was delivered, and is its receivers'.
"""

_LOOK = """
import json
from chassis.events import dead_letters, transports
from chassis.events.databases import plain
from {service}_service.erasure.tables import ERASED
from {service}_service.settings import settings

NAMES = {names!r}
found, cached = set(), 0


def look(place, value):
    text = repr(value).lower()
    found.update(f"{{place}}: {{text[:300]}}" for name in NAMES if name in text)


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
    read |= {{b"list": lambda key: cache.lrange(key, 0, -1), b"zset": lambda key: cache.zrange(key, 0, -1)}}
    for key in cache.scan_iter():
        cached += 1
        look("cache", (key, read.get(cache.type(key), lambda key: None)(key)))
erased = [f"{service}.{{table}}" for table in ERASED]
print("\\nSEEN" + json.dumps({{"found": sorted(found), "erased": erased, "cached": cached}}))
"""


@dataclass
class Seen:
    """``found``: places that have one of the names, and how; ``erased``: tables whose rows the services say to erase.

    ``cached`` is how many keys the cache has.
    """

    found: list[str] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    cached: int = 0

    @property
    def places(self) -> set[str]:
        return {trace.partition(":")[0] for trace in self.found}


def traces(platform: Platform, names: Sequence[str], *, after_hours: int | None = None) -> Seen:
    """Every place that still has one of the names, however it is spelt.

    With ``after_hours`` each service first forgets whom it has erased, as if so many hours had gone by since.
    """
    seen, spelt = Seen(), [name.lower() for name in names]
    for service, go_on in GO_ON.items():
        first = "" if after_hours is None else go_on.format(hours=after_hours)
        _look(platform, service, spelt, first, seen)
    for name in ("bus", "jobs"):
        seen.found += _of_file(platform.folder / f"{name}.sqlite3", spelt)
    for name in FOLDERS:
        seen.found += _of_folder(platform.folder / name, spelt)
    return seen


def files(platform: Platform) -> set[Path]:
    """What the store keeps: pictures, what was made of them, and archives."""
    return {file for file in (platform.folder / "media").rglob("*") if file.is_file()}


def _look(platform: Platform, service: str, names: list[str], first: str, seen: Seen) -> None:
    queues = [f"{service}.{other}-events" for other in GO_ON if other != service]
    said = platform.shell(service, first + _LOOK.format(service=service, names=names, queues=queues))
    of_service = json.loads(said.partition("\nSEEN")[2].splitlines()[0])
    seen.found += of_service["found"]
    seen.erased.update(of_service["erased"])
    seen.cached += of_service["cached"]


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
