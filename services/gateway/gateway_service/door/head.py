"""The head of a request: its first line, and what its parts must not say together.

The first line is read here, strictly in its form; methods and paths of any kind are the chain's to refuse. The rest is
llhttp's, which refuses bare line feeds and carriage returns, folded lines, spaces before colons, control characters,
lists, signs and repetitions in Content-Length, Content-Length beside Transfer-Encoding, codings behind ``chunked``, and
chunk sizes that are none. It takes codings before ``chunked``, chunks in HTTP/1.0, and a body behind an upgrade for the
next request: refused here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway_service.door.limits import HEADER_BYTES, HEADER_FIELDS, REQUEST_LINE_BYTES
from gateway_service.messages import Header
from gateway_service.refusals import Refusal

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110, 5.6.2
_LINE = re.compile(rb"(" + _TOKEN + rb") ([!-~\x80-\xff]+) HTTP/1\.([01])\r\n")
_BEGINNING = re.compile(rb"(?:" + _TOKEN + rb"(?: [^\r\n]*\r?)?|\r)?")  # of such a line, as far as it has come
_ABSOLUTE = re.compile(rb"(?i:(https?))://([^/?]+)(/[^?]*)?(.*)")
_DEFAULT_PORTS = {b"http": b":80", b"https": b":443"}
_BODY = frozenset({b"content-length", b"transfer-encoding"})
UNKNOWN_METHOD = "HTTP"  # OpenTelemetry's name for a request that has none


@dataclass(slots=True)
class Head:
    """What is known of a request; the target is in origin form, as the client spelt it.

    ``fields`` has the last header of each name. ``refusal`` is what is to be said, if the door lets nothing more in.
    ``passed`` are the headers as they go to services, by what a route lets through beside the usual ones: requests of a
    connection that say the same have them together, so whoever changes headers replaces the list.
    """

    method: str
    raw_path: bytes
    query: bytes
    minor: int
    headers: Sequence[Header]
    fields: Mapping[bytes, bytes]
    refusal: Refusal | None = None
    passed: dict[frozenset[bytes], bytes] = field(default_factory=dict)

    @property
    def expects_continue(self) -> bool:
        return self.minor == 1 and self.fields.get(b"expect", b"").lower() == b"100-continue"


def first_line(raw: bytes) -> re.Match[bytes]:
    """The first line of a head: method, target and minor version; raises Refusal."""
    line = _LINE.match(raw)
    if line is None:
        raise Refusal(
            "header_invalid", "The request line is not method, target and HTTP 1.0 or 1.1, with single spaces."
        )
    return line


def malformed() -> Refusal:
    """What to say of lines that are none of HTTP."""
    return Refusal("header_invalid", "A line, header or length is not as RFC 9112 has it.")


def is_hopeless(raw: bytes) -> bool:
    """Whether no head can come of what has come so far, such as another protocol or bare line feeds."""
    return raw.count(b"\n") != raw.count(b"\r\n") or not (_LINE.match(raw) or _BEGINNING.fullmatch(raw))


def read(line: re.Match[bytes], headers: list[Header], size: int, *, upgrades: bool) -> Head:
    """The head, of so many bytes, once the parser has found nothing wrong with it; raises Refusal."""
    first, fields = line.end(), dict(headers)
    if first > REQUEST_LINE_BYTES or size - first > HEADER_BYTES or len(headers) > HEADER_FIELDS:
        raise too_long(line[0])
    if upgrades and not _BODY.isdisjoint(fields):
        raise Refusal("header_invalid", "A request to upgrade the connection has no body here.")
    coding = fields.get(b"transfer-encoding")
    if coding is not None and (line[3] == b"0" or _codings(headers) != [b"chunked"]):
        raise Refusal("header_invalid", "Of transfer encodings only chunked is understood, in HTTP 1.1.")
    return _head(line, headers, fields, {})


def again(line: re.Match[bytes], last: Head) -> Head:
    """The head of a request whose header lines are, byte for byte, those of another one; raises Refusal."""
    if line.end() > REQUEST_LINE_BYTES:
        raise too_long(line[0])
    return _head(line, last.headers, last.fields, last.passed)


def _head(
    line: re.Match[bytes],
    headers: Sequence[Header],
    fields: Mapping[bytes, bytes],
    passed: dict[frozenset[bytes], bytes],
) -> Head:
    method, target, minor = line.groups()
    if b"#" in target or (target[:1] != b"/" and target != b"*"):
        target = _origin_form(target, headers)
    raw_path, _, query = target.partition(b"?")
    return Head(method.decode("ascii"), raw_path, query, int(minor), headers, fields, None, passed)


def _codings(headers: list[Header]) -> list[bytes]:
    return [value.lower() for name, value in headers if name == b"transfer-encoding"]


def refused(raw: bytes, refusal: Refusal) -> Head:
    """A head that is not to be read on, as far as it can be told what it is."""
    line = _LINE.match(raw)
    method, target = (line[1].decode("ascii"), line[2]) if line else (UNKNOWN_METHOD, b"/")
    return Head(method, target.partition(b"?")[0], b"", 1, [], {}, refusal)


def too_long(raw: bytes) -> Refusal:
    """What to say of a head that is longer than is taken, as far as it has come."""
    line, end, _ = raw.partition(b"\r\n")
    if len(line + end) > REQUEST_LINE_BYTES:
        return Refusal("uri_too_long")
    return Refusal("header_invalid", "The headers are longer than 16 KB or more than 100.", status=431)


def _origin_form(target: bytes, headers: Sequence[Header]) -> bytes:
    """An absolute target without its authority, which must be Host's.

    RFC 9112, 3.2.2 lets the target win; but two programs could go by either, so they must agree.
    """
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None or b"#" in target:
        raise Refusal("header_invalid", "The request target is neither a path nor the URL of one.")
    default_port = _DEFAULT_PORTS[absolute[1].lower()]
    hosts = {value.lower().removesuffix(default_port) for name, value in headers if name == b"host"}
    if hosts != {absolute[2].lower().removesuffix(default_port)}:
        raise Refusal("header_invalid", "The request target names another host than the header Host.")
    return (absolute[3] or b"/") + absolute[4]
