"""Links as they are asked for."""

from typing import Annotated, Literal

from chassis.fastapi.bodies import StrictBody
from pydantic import BaseModel, Field

from media_service.assets.schemas import Moment

LONGEST_SECONDS = 30 * 86400


class Link(StrictBody):
    """Seconds that a link holds, and the size that it shows."""

    expires_in: Annotated[int, Field(ge=1, le=LONGEST_SECONDS, strict=True)]
    preset: Literal["thumb", "medium", "large", "original"] = "original"


class LinkUrl(BaseModel):
    """What shows the picture to whoever has it, until then."""

    url: str
    expires_at: Moment
