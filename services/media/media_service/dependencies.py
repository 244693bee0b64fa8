"""What routes ask for by type."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ParamSpec, TypeVar
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from chassis.problems import Problem
from fastapi import Depends, Path, Request

from media_service.database import AsyncDatabase
from media_service.pictures.memory import Budget
from media_service.pictures.scratch import Room, Scratch
from media_service.settings import MediaSettings
from media_service.storage.store import Store

P = ParamSpec("P")
T = TypeVar("T")


class Decoders:
    """A bounded number of threads: decoding is what costs memory, so it waits its turn."""

    def __init__(self, at_once: int) -> None:
        self._limiter = CapacityLimiter(at_once)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._limiter)


@dataclass(frozen=True, slots=True)
class WebService:
    """What the web process works with; the application keeps it in ``app.state.service``."""

    settings: MediaSettings
    database: AsyncDatabase
    store: Store
    decoders: Decoders
    memory: Budget
    room: Room

    @property
    def public_url(self) -> str:
        return self.settings.public_url


def _service(request: Request) -> WebService:
    service: WebService = request.app.state.service
    return service


Service = Annotated[WebService, Depends(_service)]


def _scratch(service: Service) -> Iterator[Scratch]:
    with Scratch(service.settings.scratch_dir) as scratch:
        yield scratch


def _asset_id(asset_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]) -> UUID:
    try:
        value = UUID(asset_id)
    except ValueError:
        value = None
    if value is None or str(value) != asset_id:  # one spelling of an address, for the sake of caches
        raise Problem(404, "not_found", "There is no such picture.")
    return value


ScratchOfRequest = Annotated[Scratch, Depends(_scratch)]
AssetId = Annotated[UUID, Depends(_asset_id)]
