"""Jobs of accounts."""

from celery import shared_task

from auth_service.users import key_backfill


@shared_task(name="users_fill_keys")
def users_fill_keys() -> None:
    """Fill in keys of accounts that older code has opened."""
    key_backfill.users_fill_keys()
