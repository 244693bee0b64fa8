"""The short way to a public rendition that is ready, which is what nearly all requests for pictures are for.

One row tells all of it, without a session, a route or a dependency. Where it does not, there is a token, an older
revision or something to be made, refused or explained: that goes the long way, by ``renditions.routes``. Both ways give
the same answers.
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.problems import Problem
from sqlalchemy import ColumnElement, Select, String, and_, bindparam, func, literal_column, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from media_service.assets.models import Asset, AssetForm, AssetStatus, Visibility
from media_service.pictures.forms import BY_EXTENSION, WEBP
from media_service.presets import PRESETS
from media_service.quick_reads import Busy, QuickRead, QuickReads
from media_service.renditions.accept import accepted
from media_service.renditions.showing import ASKED_EACH_TIME, CHOSEN, LIFE
from media_service.storage.models import Rendition, RenditionForm
from media_service.storage.serving import rendition_file, serve
from media_service.storage.store import Store

PREFIX = "/m/"
_PATH = re.compile(
    PREFIX + r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"  # the asset
    r"(?:/([1-9][0-9]{0,8}))?"  # its revision
    rf"/({'|'.join(PRESETS)})(?:\.({'|'.join(BY_EXTENSION)}))?"
)


@dataclass(frozen=True, slots=True)
class Route:
    """What the log and the metrics call a way; as ``routes`` has it."""

    path: str


ROUTES = {
    (has_revision, has_extension): Route(
        f"{PREFIX}{{asset_id}}{'/{revision}' * has_revision}/{{preset}}{'.{extension}' * has_extension}"
    )
    for has_revision in (False, True)
    for has_extension in (False, True)
}


class Shortcut:
    """Middleware in front of the routes; ``app.state.ready_renditions`` finds what it shows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = None
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            ready: ReadyRenditions = scope["app"].state.ready_renditions
            answer = await ready.answer(Request(scope, receive))
        await (answer or self._app)(scope, receive, send)


class ReadyRenditions:
    """Finds and sends them, for one web process."""

    def __init__(self, reads: QuickReads, store: Store) -> None:
        self._reads = reads
        self._store = store
        self._webp, self._other = (QuickRead(_ready(model), reads.dialect) for model in (Rendition, RenditionForm))

    async def answer(self, request: Request) -> Response | None:
        """None for what goes the long way."""
        path = _PATH.fullmatch(request.scope["path"])
        if path is None or request.method not in {"GET", "HEAD"} or "authorization" in request.headers:
            return None
        asset, revision, preset, extension = path.groups()
        mime = BY_EXTENSION[extension] if extension else accepted(request.headers.get("accept", ""))
        read = self._webp if mime == WEBP else self._other
        try:
            found = await self._reads.one(read, asset=UUID(asset), preset=preset, mime=mime)
            if found is None or revision not in {None, str(found.revision)}:
                return None
            file = rendition_file(found, found.blob_id, UUID(asset), found.shown_since)
            life, chosen = LIFE if revision else ASKED_EACH_TIME, {} if extension else CHOSEN
            answer = await serve(request, self._store, file, cache_control=life, **chosen)
        except (Busy, Problem, OSError):
            return None
        request.scope["route"] = ROUTES[revision is not None, extension is not None]
        return answer


def _ready(model: type[Rendition] | type[RenditionForm]) -> Select[*tuple[Any, ...]]:
    """What is known of a rendition in a form, if everybody may see it now."""
    shown_since = func.coalesce(Asset.replaced_at, Asset.created_at, type_=Asset.created_at.type)
    of_file = model.preset, model.mime, model.sha256, model.bytes
    query = select(Asset.revision, Asset.blob_id, shown_since.label("shown_since"), *of_file)
    query = query.join(model, model.blob_id == Asset.blob_id)
    if model is RenditionForm:  # those of the asset itself
        query = query.join(AssetForm, and_(AssetForm.asset_id == Asset.id, *_same(AssetForm, RenditionForm)))
    return query.where(
        Asset.id == bindparam("asset", type_=Asset.id.type),
        model.preset == bindparam("preset", type_=String()),
        model.mime == bindparam("mime", type_=String()),
        model.sha256 != _constant(""),
        Asset.status == _constant(AssetStatus.READY),
        Asset.visibility == _constant(Visibility.PUBLIC),
        Asset.trashed_at.is_(None),
    )


def _same(one: type[AssetForm], other: type[RenditionForm]) -> tuple[ColumnElement[bool], ...]:
    return one.blob_id == other.blob_id, one.preset == other.preset, one.mime == other.mime


def _constant(word: str) -> ColumnElement[str]:
    return literal_column(f"'{word}'", String())
