#!/bin/bash
# Django 5.2.19: cache.incr() in DatabaseCache and FileBasedCache gives the key a new life, of the cache's default TIMEOUT
# (300 s, or for ever where that is None), whatever add() or set() had said. In LocMemCache, as in Redis and Memcached, the
# key keeps its time. Guessed: incr changes the value alone. A counter of tries "for a minute" thus never comes back to
# nothing while somebody tries, and with TIMEOUT None never at all. Output seen (added for 60 s, seconds left after incr):
#   LocMemCache: 60
#   DatabaseCache: 300
#   FileBasedCache: 300
#   DatabaseCache with TIMEOUT None: for ever
# So call touch(key, seconds) after incr where the store may be one of these, or put the minute's number into the key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import pickle
import time
from datetime import UTC
from pathlib import Path

import django
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

table = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kept"}
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    CACHES={
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "table": table,
        "files": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "files"},
        "table for ever": table | {"TIMEOUT": None},
    },
    USE_TZ=True,
)
django.setup()
call_command("createcachetable", verbosity=0)


def end_in_memory():
    return caches["default"]._expire_info[":1:tries"]


def end_in_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT expires FROM kept")
        return cursor.fetchone()[0].replace(tzinfo=UTC).timestamp()


def end_in_file():
    [file] = Path("files").iterdir()
    return pickle.loads(file.read_bytes())


ends = (
    ("LocMemCache", "default", end_in_memory, "60"),
    ("DatabaseCache", "table", end_in_table, "300"),
    ("FileBasedCache", "files", end_in_file, "300"),
    ("DatabaseCache with TIMEOUT None", "table for ever", end_in_table, "for ever"),
)
for title, name, end, expected in ends:
    cache = caches[name]
    cache.clear()
    assert cache.add("tries", 1, timeout=60)
    assert 50 < end() - time.time() < 61
    cache.incr("tries")
    left = end() - time.time()
    words = "for ever" if left > 1e9 else str(round(left, -1))[:-2]
    print(f"{title}: {words}")
    assert words == expected, "the behaviour has changed"
PYTHON
