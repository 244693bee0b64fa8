"""The pod's quotas, as one of its workers asks for them."""

from collections.abc import Sequence

from gateway_service.rates.shared import Ask, AwayError, Told
from gateway_service.workers.link import Link, LinkLostError


class LinkStore:
    """Asks the pod's store, which is never away while there is a pod."""

    away = False

    def __init__(self, link: Link) -> None:
        self._link = link

    async def ask(self, asks: Sequence[Ask]) -> list[Told]:
        """As the protocol has it."""
        plain = [(ask.key, ask.quota.interval, ask.quota.burst, ask.want, ask.back) for ask in asks]
        try:
            return [Told(*each) for each in await self._link.ask("rates", plain)]
        except LinkLostError as error:
            raise AwayError from error

    async def close(self) -> None: ...
