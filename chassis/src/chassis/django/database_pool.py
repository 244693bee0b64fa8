"""The pool of connections that Django keeps on PostgreSQL."""

from django.db.backends.base.base import BaseDatabaseWrapper

from chassis.database_pool import Usage


def usage(connection: BaseDatabaseWrapper, threads: int) -> Usage | None:
    """How much of it is in use; None on a database without one, and before its first connection.

    Each of the ``threads`` that serve holds one at most: where the pool may have more, these are never used.
    """
    pools = getattr(connection, "_connection_pools", {})  # asking for .pool would make one
    if connection.alias not in pools:
        return None
    stats = pools[connection.alias].get_stats()
    idle = stats["pool_available"]
    return Usage(stats["pool_size"] - idle, idle, min(stats["pool_max"], threads), stats["requests_waiting"])
