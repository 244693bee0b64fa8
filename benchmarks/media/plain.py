"""The same with nothing but Starlette: a file sent, and a body written to the disk as it comes.

``application`` is for uvicorn; PLAIN_FOLDER says where files are.
"""

import os
from pathlib import Path
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

FOLDER = Path(os.environ["PLAIN_FOLDER"])


async def send(request: Request) -> Response:
    return FileResponse(FOLDER / request.path_params["name"], media_type="image/webp")


async def take(request: Request) -> Response:
    with (FOLDER / uuid4().hex).open("wb") as file:
        async for chunk in request.stream():
            file.write(chunk)
    return Response(status_code=201)


application = Starlette(routes=[Route("/{name}", send, methods=["GET"]), Route("/", take, methods=["POST"])])
