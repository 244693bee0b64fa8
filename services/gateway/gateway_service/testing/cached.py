"""A cache with a service behind it that answers by hand, and a clock that is set by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chassis.events.envelope import Event
from chassis.events.signs_of_life import sign_of
from chassis.events.testing import example
from chassis.tracing import SpanIds

from gateway_service.cache.cache import Cache
from gateway_service.cache.news import News
from gateway_service.config import Keep, Limits
from gateway_service.door.head import Head
from gateway_service.door.nobody import Nobody
from gateway_service.door.turn import Turn
from gateway_service.exchange import Exchange
from gateway_service.messages import Give, Header, Response
from gateway_service.routing import Rule, Target

PATH = "/api/v1/posts"
KEY = b"posts"
PUBLIC: list[Header] = [(b"cache-control", b"public, s-maxage=60, stale-while-revalidate=30"), (b"surrogate-key", KEY)]
JSON = Keep(accept=("application/json",), languages=("en", "de"))


@dataclass
class Answer:
    """What a client was given; ``outcome`` is None until then."""

    exchange: Exchange
    outcome: Response | Exception | None = None

    @property
    def response(self) -> Response:
        assert isinstance(self.outcome, Response)
        return self.outcome

    @property
    def body(self) -> bytes:
        assert isinstance(self.response.body, bytes)
        return self.response.body

    def header(self, name: bytes) -> bytes | None:
        return dict([*self.response.headers, *self.exchange.added_headers]).get(name)

    @property
    def cache(self) -> str:
        return (self.header(b"x-cache") or b"").decode()


@dataclass
class Cached:
    """``calls`` are those that reached the service, answered at once with ``answers`` unless it is ``slow``."""

    keep: Keep = JSON
    megabytes: float = 1
    headers: Sequence[Header] = tuple(PUBLIC)
    status: int = 200
    vary: bytes = b""
    slow: bool = False
    calls: list[tuple[Exchange, Give]] = field(default_factory=list)
    now: float = 1000.0

    def __post_init__(self) -> None:
        self.news = News(lambda: self.now)
        self.cache = Cache(self._forward, self.news, int(self.megabytes * 2**20), lambda: self.now)
        self.news.on_subscribed()
        self.is_alive()

    def is_alive(self) -> None:
        """The services' relays have just said so."""
        for upstream in ("auth", "blog", "media"):
            self.news.on_event(replace(example("blog.post.published.v1"), type=sign_of(upstream)))

    def get(self, path: str = PATH, *headers: Header, query: bytes = b"", method: str = "GET") -> Answer:
        """Ask for it as a client."""
        answer = Answer(self._exchange(path, list(headers), query, method))

        def give(outcome: Response | Exception) -> None:
            assert answer.outcome is None, "answered twice"
            answer.outcome = outcome

        self.cache(answer.exchange, give)
        return answer

    def answer(self, number: int = -1, body: bytes | None = None) -> None:
        """Let the service answer a call."""
        content = b"answer %d" % (number % len(self.calls)) if body is None else body
        self.calls[number][1](Response(self.status, content, list(self.headers), self.vary))

    def publish(self, event: Event) -> None:
        self.news.on_event(event)

    def _forward(self, exchange: Exchange, give: Give) -> None:
        self.calls.append((exchange, give))
        if not self.slow:
            self.answer()

    def _exchange(self, path: str, headers: list[Header], query: bytes, method: str) -> Exchange:
        head = Head(method, path.encode(), query, 1, headers, dict(headers))
        exchange = Exchange(Turn(Nobody(), head, "192.0.2.1", arrived=True, keep=True), SpanIds("0" * 32, "0" * 16))
        rule = Rule((), None, Limits(), (), self.keep)
        exchange.path, exchange.version, exchange.rule = path, "1", rule
        exchange.target = Target(
            path, "blog", {"GET": rule}, "GET", (), stream_body=False, pictures=False, headers=frozenset()
        )
        return exchange
