"""What one would write first: FastAPI, PyJWT and httpx. The environment says whose service it is, and whose tokens."""

import os
from typing import Annotated

import httpx
import jwt
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

app = FastAPI()
client = httpx.AsyncClient(base_url=os.environ["SERVICE"])


def verified(bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    """The token, once it is found good."""
    try:
        jwt.decode(
            bearer.credentials,
            os.environ["KEY"],
            algorithms=["ES256"],
            issuer=os.environ["ISSUER"],
            audience=os.environ["AUDIENCE"],
        )
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error
    return bearer.credentials


@app.get("/{path:path}")
async def proxy(path: str, request: Request, token: Annotated[str, Depends(verified)]) -> Response:
    """Ask the service."""
    headers = {"Authorization": f"Bearer {token}", "Accept": request.headers.get("accept", "*/*")}
    answer = await client.get(f"/{path}", params=request.query_params, headers=headers)
    return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))
