"""What the gateway itself has to show, before anything is looked at that only services need."""

from collections.abc import Awaitable, Callable, Mapping

from gateway_service.chain.link import Outcome
from gateway_service.exchange import Exchange

Find = Callable[[Exchange], Outcome | Awaitable[Outcome]]


class PagesCheck:
    """Answers ``GET`` for the gateway's own documents, which are found by the first segment of their path."""

    def __init__(self, documents: Mapping[str, Find]) -> None:
        self._documents = documents

    def __call__(self, exchange: Exchange) -> Outcome | Awaitable[Outcome]:
        find = self._documents.get(exchange.path.split("/", 2)[1])
        if find is None or exchange.method not in {"GET", "HEAD"}:
            return None
        return find(exchange)
