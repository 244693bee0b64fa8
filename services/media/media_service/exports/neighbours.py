"""What the other services tell of somebody."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from chassis.client_credentials import client_credentials
from chassis.internal_client import InternalClient

from media_service.exports.packing import Told
from media_service.exports.services import Tell
from media_service.settings import MediaSettings

SECONDS = 30.0  # of silence


def neighbours(settings: MediaSettings) -> Mapping[str, Tell]:
    """By name; each raises InternalUnavailable while it cannot tell."""
    urls = {"auth": settings.auth_url, "blog": settings.blog_url}
    return {
        name: partial(_told, InternalClient(url, client_credentials(settings, name), timeout=SECONDS))
        for name, url in urls.items()
    }


def _told(service: InternalClient, user_id: UUID) -> Told:
    return service.get_lines(f"/internal/exports/{user_id}")
