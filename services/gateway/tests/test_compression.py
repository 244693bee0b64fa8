"""Content codings by themselves: what is chosen, what is left out, and what clients and services see of entity tags."""

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import count, pairwise

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd
from chassis.tracing import SpanIds
from gateway_service.compression.allowance import Allowance
from gateway_service.compression.codings import ENCODERS, chosen, encoded
from gateway_service.compression.compressing import Compressing
from gateway_service.config import Limits, Whose
from gateway_service.door.head import Head
from gateway_service.door.nobody import Nobody
from gateway_service.door.turn import Turn
from gateway_service.exchange import Exchange
from gateway_service.guard_rules import CompressionRules
from gateway_service.messages import Give, Header, Response, Sink
from gateway_service.routing import Rule
from hypothesis import given
from hypothesis import strategies as st

TEXT = b'{"title": "First light", "body": "' + b"as it was in the morning, " * 200 + b'"}'
JSON: tuple[Header, ...] = ((b"content-type", b"application/json"), (b"etag", b'"1"'))
DECODERS = {"br": brotli.decompress, "zstd": zstd.decompress, "gzip": gzip.decompress}


class Service:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, headers: tuple[Header, ...] = JSON, body: bytes = TEXT, status: int = 200) -> None:
        self.answer = Response(status, body, headers)
        self.asked: Mapping[bytes, bytes] = {}
        self.share = 1.0

    def __call__(self, exchange: Exchange, give: Give) -> None:
        self.asked = exchange.fields
        known = exchange.fields.get(b"if-none-match", b"").split(b", ")
        tag = dict(self.answer.headers).get(b"etag")
        if tag in known:
            give(Response(304, b"", ((b"etag", tag),)))
        elif exchange.method == "HEAD":
            length = (b"content-length", str(len(TEXT)).encode())
            give(replace(self.answer, body=b"", headers=[*self.answer.headers, length]))
        else:
            give(replace(self.answer))

    def ask(self, *said: Header, compress: Whose | None = "all", method: str = "GET") -> "Given":
        """What a client gets who says so."""
        head = Head(method, b"/x", b"", 1, list(said), dict(said))
        exchange = Exchange(Turn(Nobody(), head, "192.0.2.1", arrived=True, keep=True), SpanIds("0" * 32, "0" * 16))
        exchange.rule = Rule((), None, Limits(), (), None, compress)
        given: list[Response | Exception] = []
        now = count()
        allowance = Allowance(self.share, lambda: next(now) / 1e6)
        Compressing(self, CompressionRules(cpu_share=self.share), allowance)(exchange, given.append)
        assert isinstance(given[0], Response)
        return Given(given[0])


class Given:
    def __init__(self, response: Response) -> None:
        self.status, self.vary, self._response = response.status, response.vary, response
        self.headers = dict(response.headers)

    @property
    def body(self) -> bytes:
        assert isinstance(self._response.body, bytes)
        return self._response.body

    @property
    def coding(self) -> str | None:
        coding = self.headers.get(b"content-encoding")
        return coding.decode() if coding else None

    @property
    def text(self) -> bytes:
        return DECODERS[self.coding](self.body) if self.coding else self.body


def accepts(codings: str) -> Header:
    return b"accept-encoding", codings.encode()


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),  # Chromium, Firefox
        ("gzip, deflate, br", "br"),  # Safari
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0.5, gzip;q=0.501", "gzip"),
        ("br; q=0.8, *;q=0.1", "br"),
        ("*", "zstd"),
        ("*, zstd;q=0", "br"),
        ("GZIP", "gzip"),
        ("", None),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=0.000", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("*;q=0", None),
        ("gzip;q=2", None),
        ("gzip;quality=1", None),
        ("deflate, compress", None),
        (", ,gzip,", "gzip"),
    ],
)
def test_coding_is_the_one_that_is_wanted_most(accepted: str, coding: str | None) -> None:
    assert chosen(accepted.encode()) == coding
    given = Service().ask(accepts(accepted))
    assert (given.coding, given.text) == (coding, TEXT)
    assert given.vary == b"Accept-Encoding", "also of who gets it as it is"


@given(accepted=st.text(st.sampled_from("gzipbrstd*;q=01., identity"), max_size=60))
def test_any_header_has_an_answer(accepted: str) -> None:
    assert Service().ask(accepts(accepted)).text == TEXT


@given(
    body=st.binary(max_size=5000), cuts=st.lists(st.integers(0, 5000), max_size=5), coding=st.sampled_from([*ENCODERS])
)
def test_body_in_parts_is_the_same_as_whole(body: bytes, cuts: list[int], coding: str) -> None:
    encoder, places = ENCODERS[coding](), [0, *sorted(cuts), len(body)]
    parts = [encoder.add(body[begin:end]) for begin, end in pairwise(places)]
    assert DECODERS[coding](b"".join(parts) + encoder.end()) == body == DECODERS[coding](encoded(coding, body))


def test_each_coding_has_a_tag_of_its_own_which_the_service_never_sees() -> None:
    service = Service()
    tags = {service.ask(accepts(coding)).headers[b"etag"] for coding in ENCODERS}
    assert tags == {b'"1~br"', b'"1~zstd"', b'"1~gzip"'}
    assert service.ask().headers[b"etag"] == b'"1"'
    known = service.ask(accepts("br"), (b"if-none-match", b'"0", "1~br"'))
    assert service.asked[b"if-none-match"] == b'"0", "1"'
    assert (known.status, known.headers[b"etag"], known.vary) == (304, b'"1~br"', b"Accept-Encoding")
    service.ask((b"if-match", b'"1~br", "2~gzip"'))
    assert service.asked[b"if-match"] == b'"1", "2"', "the state is the same in any coding"


def test_tag_of_another_coding_is_not_what_the_client_would_get() -> None:
    service = Service()
    given = service.ask(accepts("gzip"), (b"if-none-match", b'"1~br"'))
    assert (given.status, given.coding, given.text) == (200, "gzip", TEXT)
    plain = service.ask(accepts("gzip"), (b"if-none-match", b'"1"'))
    assert (plain.status, plain.headers[b"etag"]) == (304, b'"1"'), "of bytes that were not encoded"


def test_weak_tag_holds_for_all_codings() -> None:
    given = Service(headers=((b"content-type", b"text/html"), (b"etag", b'W/"1"'))).ask(accepts("br"))
    assert (given.coding, given.headers[b"etag"]) == ("br", b'W/"1"')


def test_head_says_what_get_would() -> None:
    service = Service()
    head, get = service.ask(accepts("br"), method="HEAD"), service.ask(accepts("br"))
    assert head.body == b""
    assert b"content-length" not in head.headers
    assert head.headers == {name: value for name, value in get.headers.items() if name != b"content-length"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Service(body=TEXT[:1023]), id="short"),
        pytest.param(Service(headers=(*JSON, (b"content-encoding", b"gzip"))), id="encoded already"),
        pytest.param(Service(headers=((b"content-type", b"image/webp"),)), id="a picture"),
        pytest.param(Service(headers=((b"content-type", b"application/octet-stream"),)), id="anything"),
        pytest.param(Service(headers=((b"content-type", b"text/event-stream"),)), id="a stream of events"),
        pytest.param(Service(headers=(*JSON, (b"set-cookie", b"a=b"))), id="sets a cookie"),
        pytest.param(Service(headers=(*JSON, (b"cache-control", b"private, no-store"))), id="a secret"),
        pytest.param(Service(headers=(*JSON, (b"cache-control", b"no-transform"))), id="not to be changed"),
        pytest.param(Service(headers=(*JSON, (b"content-range", b"bytes 0-9/10"))), id="a part"),
        pytest.param(Service(status=206), id="a part by its status"),
        pytest.param(Service(headers=()), id="of no type"),
    ],
)
def test_left_as_it_is(answer: Service) -> None:
    given = answer.ask(accepts("br, gzip"))
    assert (given.headers, given.body) == (dict(answer.answer.headers), answer.answer.body)


def test_left_as_it_is_by_what_was_asked() -> None:
    token = (b"authorization", b"Bearer x")
    assert Service().ask(accepts("br"), (b"range", b"bytes=0-9")).coding is None
    assert Service().ask(accepts("br"), token, compress="public").coding is None, "it may repeat what was asked"
    assert Service().ask(accepts("br"), token, compress="all").coding == "br"
    assert Service().ask(accepts("br"), compress="public").coding == "br"
    closed = Service().ask(accepts("br"), compress=None)
    assert (closed.coding, closed.vary) == (None, b"")


def test_time_that_is_used_up_is_waited_for_by_nobody() -> None:
    """A hundredth of a core."""
    now = [0.0]
    allowance = Allowance(0.01, lambda: now[0])

    def work(seconds: float) -> bytes:
        now[0] += seconds
        return b""

    assert allowance.is_there()
    allowance.spend(partial(work, 0.05))
    assert not allowance.is_there()
    now[0] += 3.9
    assert not allowance.is_there()
    now[0] += 0.2
    assert allowance.is_there()


class Streamed:
    """A body in parts."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = parts
        self.calls: list[str] = []

    def flow(self, sink: Sink) -> None:
        for number, part in enumerate(self._parts, 1):
            sink.part(part, last=number == len(self._parts))

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self) -> None:
        self.calls.append("resume")

    def cancel(self) -> None:
        self.calls.append("cancel")


class Taken:
    """What a client takes of a body."""

    def __init__(self) -> None:
        self.data, self.whole = b"", False

    def part(self, data: bytes, *, last: bool) -> None:
        self.data, self.whole = self.data + data, last

    def broken(self, error: Exception) -> None:
        raise error


@pytest.mark.parametrize("coding", [*ENCODERS])
def test_streamed_body_is_encoded_as_it_passes(coding: str) -> None:
    source, taken, service = Streamed(TEXT[:10], TEXT[10:3000], TEXT[3000:]), Taken(), Service()
    service.answer = Response(200, source, (*JSON, (b"content-length", str(len(TEXT)).encode())))
    given = service.ask(accepts(coding))
    assert given.coding == coding
    assert b"content-length" not in given.headers
    body = given._response.body
    assert not isinstance(body, bytes)
    body.flow(taken)
    assert (taken.whole, DECODERS[coding](taken.data)) == (True, TEXT)
    for each in (body.pause, body.resume, body.cancel):
        each()
    assert source.calls == ["pause", "resume", "cancel"]


def test_form_that_is_kept_is_made_once() -> None:
    service = Service()
    forms: dict[str, bytes] = {}
    service.answer = replace(service.answer, forms=forms)
    first = service.ask(accepts("gzip")).body
    assert forms == {"gzip": first}
    forms["gzip"] = kept = zlib.compress(TEXT, wbits=31)
    assert service.ask(accepts("gzip")).body is kept
    assert service.ask(accepts("br")).coding == "br"
    assert sum(map(len, forms.values())) <= len(TEXT)
