"""One process at a time migrates a database, however many find that something is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from chassis.migration_table import CONNECT_SECONDS, POSTGRES

_TRY = "SELECT pg_try_advisory_xact_lock(hashtext('broadsheet migrations'))"
_PATIENT = """
SELECT set_config(name, '0', true) FROM pg_settings
WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')
"""


@contextmanager
def alone(url: str) -> Iterator[bool]:
    """Whether this process alone may migrate the database, until the end of the block; a file of SQLite has one user.

    The lock belongs to a transaction on a connection of its own: it holds over all transactions of the migrations,
    passes through a pooler, and ends with the process. It keeps no snapshot, for which concurrent indices would wait.
    """
    if not url.startswith(POSTGRES):
        yield True
        return
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED  # others would keep what it saw
        connection.execute(_PATIENT)
        [free] = connection.execute(_TRY).fetchone() or [False]
        yield bool(free)
