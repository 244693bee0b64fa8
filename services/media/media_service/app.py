"""The application: routes, errors and health, made anew by each call so that tests have their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from chassis.fastapi import exceptions
from chassis.fastapi.access import enforce_access_table
from chassis.fastapi.health import health_router
from chassis.fastapi.middleware import RequestContextMiddleware
from chassis.fastapi.telemetry import NO_TELEMETRY
from chassis.health import Health
from chassis.revocations import feed_of
from chassis.tokens import JwksClient, ServiceVerifier, Verifier
from fastapi import Depends, FastAPI

from chassis import database_pool
from media_service.assets import internal
from media_service.assets import routes as assets
from media_service.database import AsyncDatabase
from media_service.decoding.decoder import Decoder
from media_service.decoding.slots import FairSlots
from media_service.dependencies import WebService
from media_service.exports import routes as exports
from media_service.keeping import routes as keeping
from media_service.links import routes as links
from media_service.pictures.scratch import Room
from media_service.quick_reads import quick_reads
from media_service.quota import routes as quota
from media_service.renditions import routes as renditions
from media_service.renditions.forms import Forms
from media_service.renditions.shortcut import ReadyRenditions, Shortcut
from media_service.replacing import routes as replacing
from media_service.settings import MediaSettings
from media_service.storage.store import Store
from media_service.transforms import routes as transforms
from media_service.transforms.making import Derivatives
from media_service.tus import routes as tus
from media_service.uploads import internal as sent_by_services
from media_service.uploads import queueing
from media_service.uploads import routes as uploads

_PUBLIC = (
    uploads.router,
    tus.router,
    assets.router,
    keeping.v1,
    keeping.router,
    replacing.router,
    quota.router,
    exports.router,
    renditions.router,
    links.router,
    links.public,
    transforms.router,
    transforms.public,
)
STAND_IN = "4XX"
"""Keeps FastAPI from promising a 422 of its own form; media_service.openapi says what is refused and how."""


def create_app(settings: MediaSettings, store: Store, decoder: Decoder, health: Health) -> FastAPI:
    """The application on this store; its database is opened when it starts to serve and closed when it ends."""

    keys, revocations = JwksClient(f"{settings.auth_url}/.well-known/jwks.json"), feed_of(settings)
    health.check("revocations", revocations.ready)
    health.warn("revocations", revocations.current)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = AsyncDatabase(settings.database_url)
        database_pool.watch(database.usage)
        slots = FairSlots(settings.decode_concurrency)
        reads = quick_reads(settings.database_url)
        app.state.ready_renditions = ReadyRenditions(reads, store)
        app.state.forms = Forms(settings, database, store, decoder, slots)
        app.state.derivatives = Derivatives(settings, database, store, decoder, slots)
        room = Room(settings.scratch_bytes, share=settings.scratch_share)
        app.state.service = WebService(settings, database, store, decoder, slots, room)
        keys.start()
        revocations.start()
        queueing.prepare()
        Thread(target=decoder.warm, name="decoder", daemon=True).start()
        yield
        keys.close()
        revocations.close()
        await app.state.forms.making.close()
        await app.state.derivatives.making.close()
        await reads.close()
        await database.close()

    app = FastAPI(
        title="Broadsheet media",
        version="1",
        description="Pictures: uploads, assets and renditions.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        responses={STAND_IN: {"description": "Refused"}},
        telemetry=NO_TELEMETRY,
    )
    app.state.verifier = Verifier(keys.get, issuer=settings.token_issuer, audience=settings.token_audience)
    app.state.service_verifier = ServiceVerifier(keys.get, issuer=settings.token_issuer, audience=settings.service)
    app.state.revocations = revocations
    app.add_middleware(Shortcut)
    app.add_middleware(RequestContextMiddleware)
    exceptions.install(app, public_url=settings.public_url)
    for public in _PUBLIC:
        app.include_router(public, dependencies=[Depends(enforce_access_table)])
    for hidden in (internal.router, sent_by_services.router, health_router(health)):
        app.include_router(hidden)
    return app
