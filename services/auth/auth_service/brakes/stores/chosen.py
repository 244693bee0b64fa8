"""Which store this process counts in."""

from functools import cache

from auth_service.brakes.stores import Store
from auth_service.brakes.stores.database import DatabaseStore
from auth_service.brakes.stores.memory import MemoryStore
from auth_service.brakes.stores.redis import OrElse, RedisStore
from auth_service.settings import settings


@cache
def store() -> Store:
    """Redis where CACHE_URL names one; else the database, for a cache in memory is one process's alone."""
    url = settings().cache_url
    if url.startswith(("redis:", "rediss:")):
        return OrElse(RedisStore(url), MemoryStore())
    return DatabaseStore()
