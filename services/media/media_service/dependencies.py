"""What routes ask for by type."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from chassis.problems import Problem
from fastapi import Depends, Path, Request

from media_service.database import AsyncDatabase
from media_service.decoding.decoder import Decoder
from media_service.decoding.slots import FairSlots
from media_service.pictures.scratch import Room, Scratch
from media_service.settings import MediaSettings
from media_service.signed_paths import SignedPath
from media_service.signing import Purpose, SigningKeys
from media_service.storage.store import Store


@dataclass(frozen=True, slots=True)
class WebService:
    """What the web process works with; the application keeps it in ``app.state.service``."""

    settings: MediaSettings
    database: AsyncDatabase
    store: Store
    decoder: Decoder
    slots: FairSlots
    room: Room

    @property
    def public_url(self) -> str:
        return self.settings.public_url

    @property
    def pictures_url(self) -> str:
        return self.settings.pictures_url

    def signing_keys(self, purpose: Purpose) -> SigningKeys:
        return SigningKeys(purpose, self.settings.signing_keys)


def _service(request: Request) -> WebService:
    service: WebService = request.app.state.service
    return service


Service = Annotated[WebService, Depends(_service)]


def _scratch(service: Service) -> Iterator[Scratch]:
    with Scratch(service.settings.scratch_dir) as scratch:
        yield scratch


def _asset_id(asset_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]) -> UUID:
    value = uuid_of(asset_id)
    if value is None:
        raise Problem(404, "not_found", "There is no such picture.")
    return value


def uuid_of(text: str) -> UUID | None:
    """The id in an address, which has one spelling, for the sake of caches."""
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text else None


def signed_path(purpose: Purpose) -> Callable[..., SignedPath]:
    """What a path says that was signed for a purpose: as it was sent, for its parts do not tell how they were spelled.

    Raises Problem 403 for one that was not.
    """

    def read(request: Request, service: Service) -> SignedPath:
        return SignedPath.read(request.scope["raw_path"], service.signing_keys(purpose))

    return read


ScratchOfRequest = Annotated[Scratch, Depends(_scratch)]
AssetId = Annotated[UUID, Depends(_asset_id)]
