"""How the contract tells of refusals; what they look like is settled by the chassis."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from media_service.pictures.foreign import CAUSES
from media_service.pictures.refusals import Cause


class Refusal(BaseModel):
    """Why a request was refused: a sentence for people, a code for programs."""

    detail: str
    code: str


class PictureRefusal(Refusal):
    """Why a picture was refused: within the code, its cause."""

    cause: Cause


class TypeRefusal(Refusal):
    """Why a file was refused for what it is: the cause names the type that was found."""

    cause: Annotated[str, Field(json_schema_extra={"enum": list(CAUSES)})]


REFUSED_PICTURE: dict[int | str, dict[str, Any]] = {
    413: {
        "model": PictureRefusal | Refusal,
        "description": "`too_large`: more than the limits allow; `quota_exceeded`: more than your pictures may have",
    },
    415: {"model": TypeRefusal, "description": "`unsupported_media_type`: not a picture of a type that is taken"},
    422: {
        "model": PictureRefusal | Refusal,
        "description": "`image_refused`: not a sound picture; `idempotency_key_reused`",
    },
}
