"""Transforms as they are asked for."""

from typing import Annotated, Literal

from chassis.fastapi.bodies import StrictBody
from pydantic import BaseModel, Field, StringConstraints

from media_service.assets.schemas import Moment
from media_service.transforms.operations import KNOWN, MOST_LETTERS

LONGEST_SECONDS = 366 * 86400


class Transform(StrictBody):
    """What is to be done to a picture; the address ends after ``expires_in`` seconds, if at all."""

    operations: Annotated[
        str, StringConstraints(max_length=MOST_LETTERS), Field(description=f"with slashes between: {KNOWN}")
    ]
    format: Literal["webp", "avif", "jpg"] = "webp"
    expires_in: Annotated[int, Field(ge=1, le=LONGEST_SECONDS, strict=True)] | None = None


class TransformUrl(BaseModel):
    """Where it can be had by whoever knows the address."""

    url: str
    expires_at: Moment | None
