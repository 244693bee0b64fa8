"""What must hold before media may serve."""

from collections.abc import Callable
from functools import partial

from media_service.database import Database
from media_service.migrating import require_migrated
from media_service.settings import MediaSettings
from media_service.storage.store import Store


def checks(settings: MediaSettings, store: Store) -> dict[str, Callable[[], object]]:
    """Conditions by name; each raises when it does not hold."""
    engine = Database(settings.database_url).engine
    return {"database": partial(require_migrated, engine), "storage": store.check}
