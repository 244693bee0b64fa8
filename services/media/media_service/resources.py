"""What jobs and commands work with, made once a process: the database, the store, room for working files."""

from functools import cache

from media_service.database import Database
from media_service.decoding.decoder import Decoder
from media_service.pictures.scratch import Scratch
from media_service.settings import settings
from media_service.storage.store import Store, open_store


@cache
def database() -> Database:
    return Database(settings().database_url)


@cache
def store() -> Store:
    return open_store(settings())


@cache
def decoder() -> Decoder:
    """Draws when no request wants the processor."""
    return Decoder.of(settings(), give_way=True)


def scratch() -> Scratch:
    """A new block of working files."""
    settings().scratch_dir.mkdir(parents=True, exist_ok=True)
    return Scratch(settings().scratch_dir)
