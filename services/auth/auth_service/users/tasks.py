"""Jobs of accounts."""

from celery import shared_task

from auth_service.users import key_filling


@shared_task(name="users_fill_keys")
def users_fill_keys() -> None:
    """Fill in keys of accounts that older code has opened."""
    key_filling.users_fill_keys()
