"""What media says about pictures."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple
from uuid import UUID

from chassis.internal_client import InternalClient
from chassis.service_credentials import Credentials, ServiceToken
from django.utils import timezone

from auth_service.clients.services import service_token_issue
from auth_service.settings import settings


class Picture(NamedTuple):
    """Whose a picture is, and whether it can be shown: processing, ready or failed."""

    owner_id: UUID
    status: str


def pictures(ids: Iterable[UUID]) -> dict[UUID, Picture]:
    """The pictures, of 200 at most, that media has; raises InternalUnavailable."""
    answer = _media().get_json("/internal/assets", {"ids": ",".join(map(str, ids))})
    return {UUID(told["asset_id"]): Picture(UUID(told["owner_id"]), told["status"]) for told in answer["assets"]}


@cache
def _media() -> InternalClient:
    credentials = Credentials(_own_token, former=settings().service_token)
    return InternalClient(settings().media_url, credentials)


def _own_token() -> ServiceToken:
    """Auth need not ask itself."""
    return service_token_issue(settings().service, "media", now=timezone.now())
