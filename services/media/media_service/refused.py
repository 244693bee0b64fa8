"""How the contract tells of refusals; what they look like is settled by the chassis."""

from typing import Any

from pydantic import BaseModel


class Refusal(BaseModel):
    """Why a request was refused: a sentence for people, a code for programs."""

    detail: str
    code: str


class WrongFields(BaseModel):
    """What is wrong with which field."""

    model_config = {"extra": "allow"}
    __pydantic_extra__: dict[str, list[str]]


REFUSED: dict[int | str, dict[str, Any]] = {"4XX": {"model": Refusal | WrongFields, "description": "Refused"}}
