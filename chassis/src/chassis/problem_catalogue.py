"""Every code that a refusal may carry, and what it means to a client: ``contracts/problems.yaml``."""

from functools import cache
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis import packaged_data


class Reason(BaseModel):
    """One way to be refused: what it means, and what the client may do. ``status`` is the usual one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int = Field(ge=400, le=599)
    title: str
    meaning: str
    remedy: str
    realworld: dict[str, list[str]] | None = Field(
        None, description="how RealWorld's dialect says it, if not by its text"
    )


class Catalogue(BaseModel):
    """The whole file: the reasons by their codes, those of the gateway first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gateway: dict[str, Reason]
    services: dict[str, Reason]

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        if twice := self.gateway.keys() & self.services.keys():
            raise ValueError(f"listed twice: {', '.join(sorted(twice))}")
        return self


@cache
def catalogue() -> Catalogue:
    """The catalogue that was packaged with this code."""
    return Catalogue.model_validate(packaged_data.read_yaml("problems.yaml"))


@cache
def reasons() -> dict[str, Reason]:
    """Every code's reason."""
    return catalogue().gateway | catalogue().services
