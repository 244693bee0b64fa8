"""The gateway's quotas, as one of its workers asks for them."""

from collections.abc import Sequence

from gateway_service.rates.shared import Ask, AwayError, Told
from gateway_service.workers.channel import Channel, ChannelLostError


class RelayedStore:
    """Asks the supervisor's store, which is never away while there is a supervisor."""

    away = False

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def ask(self, asks: Sequence[Ask]) -> list[Told]:
        """Lease as Store has it."""
        plain = [(ask.key, ask.quota.interval, ask.quota.burst, ask.want, ask.back) for ask in asks]
        try:
            return [Told(*each) for each in await self._channel.ask("rates", plain)]
        except ChannelLostError as error:
            raise AwayError from error

    async def close(self) -> None: ...
