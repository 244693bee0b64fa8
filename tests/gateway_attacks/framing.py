"""Requests that two programs could see different ends of (RFC 9112, 6.3 and 11.2), and lines that are none of HTTP."""

from tests.gateway_attacks.rows import PATH, Row, get, post, raw, rows

_CHUNKED = b"0\r\n\r\n"
_HIDDEN = b"GET /internal/users HTTP/1.1\r\nHost: localhost\r\n\r\n"

_BOTH = {
    "length, then chunked": post("Content-Length: 5", "Transfer-Encoding: chunked", body=_CHUNKED + _HIDDEN),
    "chunked, then length": post("Transfer-Encoding: chunked", "Content-Length: 5", body=_CHUNKED + _HIDDEN),
    "length of 0 and chunked": post("Content-Length: 0", "Transfer-Encoding: chunked", body=_CHUNKED),
    "in a GET": get("Content-Length: 5", "Transfer-Encoding: chunked"),
}
_CODINGS = [
    *("identity", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked, identity", "xchunked"),
    *(
        "chunkedx",
        "x",
        "chunked;q=1",
        '"chunked"',
        "chunked, ",
        ", chunked",
        "chunk",
        "\x0bchunked",
        "chunked\x0b",
        "cow",
    ),
]
_LENGTHS = [
    *("+5", "-5", "5,5", "5, 5", "5 5", "0x5", "5;", "5.0", "1e1", "five", "\xb2", "5\x0b", "\x0b5"),
    *("18446744073709551616", "99999999999999999999999"),
]
_SIZES = [
    b"g",
    b"-1",
    b"+1",
    b"0x1",
    b"1,",
    b"1.0",
    b"",
    b"FFFFFFFFFFFFFFFFF",
    b"10000000000000000",
    b"one",
    b"1\x00",
    b"\x0b1",
]
_NAMES = ["X Y", "X\tY", "X(Y)", "X@Y", "X[Y]", "X=Y", "X\x00Y", "X\x7fY", "X\xffY", "X/Y", '"X"', "", "X,Y", "X;Y"]
_VALUES = ["a\x00b", "a\x01b", "a\x08b", "a\x0bb", "a\x0cb", "a\x1fb", "a\x7fb", "a\rb"]
_LINES = [
    *(
        f"GET  {PATH} HTTP/1.1",
        f"GET {PATH}  HTTP/1.1",
        f"GET\t{PATH} HTTP/1.1",
        f"GET {PATH} HTTP/1.1 ",
        f" GET {PATH} HTTP/1.1",
    ),
    *(
        f"GET {PATH}",
        f"GET {PATH} HTTP/2.0",
        f"GET {PATH} HTTP/0.9",
        f"GET {PATH} HTTP/1.2",
        f"GET {PATH} HTTP/1",
        f"GET {PATH} http/1.1",
    ),
    *(
        f"GET {PATH} HTTP/1.10",
        f"GET {PATH} HTTP/01.1",
        f"GET {PATH} HTTPS/1.1",
        f"GET {PATH} HTTP/1.1 x",
        "GET HTTP/1.1",
        "HTTP/1.1",
    ),
    *(
        f"GE\x00T {PATH} HTTP/1.1",
        f"GET {PATH}\x00 HTTP/1.1",
        f"G(T {PATH} HTTP/1.1",
        f"GET {PATH} {PATH} HTTP/1.1",
        f"GET {PATH}\x0bHTTP/1.1",
    ),
    *(
        "PRI * HTTP/2.0",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "SSH-2.0-OpenSSH_9.2",
        "EHLO mail.example",
        "*1",
    ),
    "PROXY TCP4 203.0.113.9 10.0.0.1 51234 80",
]
_BARE_LF = {
    "every line": get().replace(b"\r\n", b"\n"),
    "the first line": get().replace(b"\r\n", b"\n", 1),
    "between headers": raw(f"GET {PATH} HTTP/1.1", "X: a\nTransfer-Encoding: chunked"),
    "at the end": get()[:-4] + b"\n\n",
    "in a chunk's line": get("Transfer-Encoding: chunked") + b"1\na\r\n0\r\n\r\n",
    "behind a chunk": get("Transfer-Encoding: chunked") + b"1\r\na\n0\r\n\r\n",
}
_FOLDED = {
    "with a space": raw(f"GET {PATH} HTTP/1.1", "X: a\r\n b"),
    "with a tab": raw(f"GET {PATH} HTTP/1.1", "X: a\r\n\tb"),
    "first of all": raw(f"GET {PATH} HTTP/1.1\r\n X: a"),
    "a coding": post("Transfer-Encoding:\r\n chunked", body=_CHUNKED),
}
_SPACED = ["Host : a", "Content-Length : 5", "Transfer-Encoding : chunked", "X\t: a", "X : a"]

ROWS: list[Row] = [
    *rows("length and coding", 400, "header_invalid", _BOTH.items()),
    *rows(
        "coding",
        400,
        "header_invalid",
        ((repr(each), post(f"Transfer-Encoding: {each}", body=_CHUNKED)) for each in _CODINGS),
    ),
    *rows(
        "coding twice",
        400,
        "header_invalid",
        (
            (f"{one} and {two}", post(f"Transfer-Encoding: {one}", f"Transfer-Encoding: {two}", body=_CHUNKED))
            for one, two in (("chunked", "chunked"), ("chunked", "identity"), ("identity", "chunked"), ("x", "chunked"))
        ),
    ),
    Row(
        "coding in HTTP/1.0",
        raw(f"POST {PATH} HTTP/1.0", "Transfer-Encoding: chunked", body=_CHUNKED),
        400,
        "header_invalid",
    ),
    *rows(
        "length",
        400,
        "header_invalid",
        ((repr(each), post(f"Content-Length: {each}", body=b"hello")) for each in _LENGTHS),
    ),
    Row("length twice", post("Content-Length: 5", "Content-Length: 5", body=b"hello"), 400, "header_invalid"),
    Row("two lengths", post("Content-Length: 5", "Content-Length: 6", body=b"hello"), 400, "header_invalid"),
    *rows("name", 400, "header_invalid", ((repr(each), get(f"{each}: a")) for each in _NAMES)),
    *rows("value", 400, "header_invalid", ((repr(each), get(f"X: {each}")) for each in _VALUES)),
    Row("line without a colon", get("X"), 400, "header_invalid"),
    *rows("space before the colon", 400, "header_invalid", ((repr(each), get(each)) for each in _SPACED)),
    *rows("folded", 400, "header_invalid", _FOLDED.items()),
    *rows("bare line feed", 400, "header_invalid", _BARE_LF.items()),
    *rows("first line", 400, "header_invalid", ((repr(each), raw(each)) for each in _LINES)),
    Row("long line", get(path="/" + "a" * 9000), 414, "uri_too_long"),
    Row("long headers", get(*(f"X-{number}: {'a' * 1000}" for number in range(18))), 431, "header_invalid"),
    Row("many headers", get(*(f"X-{number}: a" for number in range(101))), 431, "header_invalid"),
    Row(
        "body behind an upgrade",
        post("Connection: Upgrade", "Upgrade: h2c", "Content-Length: 5", body=b"hello"),
        400,
        "header_invalid",
    ),
    *rows(
        "chunk size",
        400,
        "header_invalid",
        ((repr(each), get("Transfer-Encoding: chunked") + each + b"\r\na\r\n0\r\n\r\n") for each in _SIZES),
    ),
]
