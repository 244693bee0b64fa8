"""The answer that shows an asset in v2."""

from datetime import UTC, datetime

from chassis.preconditions import entity_tag, is_unchanged
from fastapi import Request, Response

from media_service.assets.models import Asset
from media_service.cache_headers import PRIVATE
from media_service.dependencies import WebService
from media_service.keeping.schemas import asset_v2


def answer(service: WebService, asset: Asset, request: Request) -> Response:
    """The asset; 304 where the client has it."""
    shown = asset_v2(asset, service.pictures_url, terms=service.settings.terms, now=datetime.now(UTC)).model_dump_json()
    headers = {"Cache-Control": PRIVATE, "ETag": entity_tag(asset.version, shown.encode())}
    if request.method == "GET" and is_unchanged(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(shown, headers=headers, media_type="application/json")
