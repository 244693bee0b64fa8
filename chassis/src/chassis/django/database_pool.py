"""The pool of connections that Django keeps on PostgreSQL."""

from django.db.backends.base.base import BaseDatabaseWrapper

from chassis.database_pool import Usage


def usage(connection: BaseDatabaseWrapper) -> Usage | None:
    """How much of it is in use; None on a database without one, and before its first connection."""
    pools = getattr(connection, "_connection_pools", {})  # asking for .pool would make one
    if connection.alias not in pools:
        return None
    stats = pools[connection.alias].get_stats()
    idle = stats["pool_available"]
    return Usage(stats["pool_size"] - idle, idle, stats["pool_max"], stats["requests_waiting"])
