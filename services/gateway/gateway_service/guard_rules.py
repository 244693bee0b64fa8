"""What ``gateway.yaml`` says of the guards. Each holds for every service by itself."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Retries(_Strict):
    """How much is asked a second time: a service in trouble must not be asked twice as much for it."""

    share: float = Field(
        0.1, ge=0, le=1, description="of the requests that are sent to a service, for each of its retries"
    )
    burst: int = Field(10, ge=0, description="that may follow each other before there were so many requests")


class BreakerRules(_Strict):
    """When a service is not asked any more, because it does not answer."""

    requests: int = Field(10, gt=0, description="of which some failed, before it can open")
    failures: float = Field(0.5, gt=0, le=1, description="share of those requests: unreachable, silent or unreadable")
    window_seconds: float = Field(10, gt=0, description="in which they failed")
    open_seconds: float = Field(5, gt=0, description="until one request finds out whether the service is back")


class ConcurrencyRules(_Strict):
    """How many requests a service is given at one time; found out, within these bounds, by how long they wait there."""

    first: int = Field(200, gt=0, description="before anything is known")
    least: int = Field(32, gt=0, description="whatever is found out")
    most: int = Field(1000, gt=0)
    queue_seconds: float = Field(
        0.5, gt=0, description="what even the request that waited least may wait, beyond what its route takes at best"
    )
    reads: float = Field(0.9, gt=0, le=1, description="share that reads may take; the rest is for writes alone")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.least <= self.first <= self.most:
            raise ValueError(f"least {self.least}, first {self.first} and most {self.most} are not in this order")
        return self


class EventStreamRules(_Strict):
    """Answers that do not end by themselves."""

    per_caller: int = Field(10, gt=0, description="open at one time, of an account, or of an address without one")


class CompressionRules(_Strict):
    """What answers are compressed, on routes that say ``compress``."""

    least_bytes: int = Field(1024, gt=0, description="shorter ones are not worth it")
    cpu_share: float = Field(
        0.25, gt=0, le=1, description="of a core; beyond that answers go out as they are, until there is time again"
    )
