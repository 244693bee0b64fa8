"""Headers that claim to be somebody, and tokens that are none (RFC 8725)."""

import base64
import json

from chassis.tokens.personal import personal_token

from tests.gateway_attacks.rows import Row, get, rows

_NAMES = [
    *(
        "X-User",
        "X-User-ID",
        "X-Username",
        "X-Auth-User",
        "X-Auth-Request-User",
        "X-Authenticated-User",
        "X-Remote-User",
        "Remote-User",
    ),
    *(
        "X-Roles",
        "X-Scope",
        "X-Subject",
        "X-Claims-Sub",
        "X-JWT-Assertion",
        "X-Consumer-Username",
        "X-Service-Token",
        "X-Internal-Key",
    ),
    *(
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-User",
        "X-Forwarded-Prefix",
        "Forwarded",
        "X-Real-IP",
    ),
    *(
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "Fastly-Client-IP",
        "X-Envoy-External-Address",
    ),
    *(
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Original-Method",
        "X-HTTP-Method",
        "X-HTTP-Method-Override",
        "X-Method-Override",
    ),
    *(
        "X-SSL-Client-Cert",
        "SSL-Client-Verify",
        "Proxy",
        "Proxy-Authorization",
        "X-Accel-Redirect",
        "X-Sendfile",
        "Cookie",
    ),
    *("X_User_ID", "X_Forwarded_For", "Content_Length", "Transfer_Encoding", "HTTP_X_USER", "traceparent"),
]
HEADERS: list[tuple[str, bytes]] = [(name, get(f"{name}: planted-value")) for name in _NAMES]
"""They are served, and what was planted reaches no service."""


def _part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


_CLAIMS = _part({"sub": "01890000-0000-7000-8000-00000000a11c", "roles": ["admin"]})
_GOOD = {"alg": "ES256", "typ": "at+jwt", "kid": "test-key"}
_SIGNED = _part(b"\x01" * 64)


def _token(header: object, payload: str = _CLAIMS, signature: str = _SIGNED) -> str:
    return f"{_part(header)}.{payload}.{signature}"


_MALFORMED = {
    "nothing": "",
    "one word": "nonsense",
    "two parts": "a.b",
    "four parts": "a.b.c.d",
    "five parts, as encrypted": "a.b.c.d.e",
    "empty parts": "..",
    "not base64": "!!!.###.$$$",
    "padded": f"{_part(_GOOD)}==.{_CLAIMS}.{_SIGNED}",
    "plus and slash": f"{_part(_GOOD)}.{_CLAIMS}.++//",
    "header that is a list": _token([]),
    "header that is no JSON": _token(b"{"),
    "crit": _token(_GOOD | {"crit": ["b64"], "b64": False}),
    "two tokens": f"{_token(_GOOD)} {_token(_GOOD)}",
}
_ALGORITHMS = ["none", "None", "NONE", "", "HS256", "HS512", "RS256", "ES384", "ES256K", "EdDSA", "es256"]
_KEYS = {
    "jwk": _GOOD | {"kid": "mine", "jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
    "jku": _GOOD | {"kid": "mine", "jku": "https://evil.example/jwks.json"},
    "x5u": _GOOD | {"kid": "mine", "x5u": "https://evil.example/cert.pem"},
    "kid of a file": _GOOD | {"kid": "../../../../dev/null"},
    "kid of a database": _GOOD | {"kid": "' UNION SELECT 'key' --"},
    "kid of nobody": _GOOD | {"kid": "mine"},
    "signature of ones": _GOOD,
}
_PERSONAL = personal_token()
_NO_PERSONAL = {
    "prefix alone": "bsp_",
    "one character more": f"{_PERSONAL}A",
    "one character less": _PERSONAL[:-1],
    "one character other": _PERSONAL[:-1] + ("A" if _PERSONAL[-1] != "A" else "B"),
    "another prefix": f"bsq_{_PERSONAL[4:]}",
    "prefix in capitals": f"BSP_{_PERSONAL[4:]}",
    "checksum of nothing": "bsp_" + "A" * 42 + "CCCCCC",
    "plus and slash": "bsp_" + "+/" * 24,
    "padded": f"{_PERSONAL}====",
    "in quotes": f'"{_PERSONAL}"',
    "two": f"{_PERSONAL},{_PERSONAL}",
    "with a path": f"{_PERSONAL}/../revocations",
    "an access token behind it": f"{_PERSONAL}.{_CLAIMS}.{_SIGNED}",
    "of a megabyte's digits": "bsp_" + "A" * 8000,
    "beyond ASCII": f"bsp_{'é' * 48}",
}
_SCHEMES = [
    "Basic YWxpY2U6c2VjcmV0",
    "Bearer",
    "Digest x",
    "bearer",
    "Token a.b.c",
    "Bearer  a.b.c",
    "Bearer\ta.b.c",
    "a.b.c",
    "Bearer a.b.c, Bearer a.b.c",
]

TOKENS: list[Row] = [
    *rows(
        "personal token",
        401,
        "token_malformed",
        ((name, get(f"Authorization: Bearer {each}")) for name, each in _NO_PERSONAL.items()),
    ),
    Row("personal token: made up to its checksum", get(f"Authorization: Bearer {_PERSONAL}"), 401, "token_revoked"),
    Row("personal token: by Basic", get(f"Authorization: Basic {_PERSONAL}"), 401, "token_malformed"),
    Row("personal token: by the scheme of others", get(f"Authorization: Token {_PERSONAL}"), 401, "token_malformed"),
    Row(
        "personal token: beside an access token",
        get(f"Authorization: Bearer {_PERSONAL}", f"Authorization: Bearer {_token(_GOOD)}"),
        400,
        "header_invalid",
    ),
    *rows(
        "token",
        401,
        "token_malformed",
        ((name, get(f"Authorization: Bearer {each}")) for name, each in _MALFORMED.items()),
    ),
    *rows("scheme", 401, "token_malformed", ((each, get(f"Authorization: {each}")) for each in _SCHEMES)),
    *rows(
        "algorithm",
        401,
        "token_algorithm",
        ((repr(each), get(f"Authorization: Bearer {_token(_GOOD | {'alg': each})}")) for each in _ALGORITHMS),
    ),
    *rows(
        "key",
        401,
        "token_signature",
        ((name, get(f"Authorization: Bearer {_token(each)}")) for name, each in _KEYS.items()),
    ),
    Row(
        "two tokens in two headers",
        get(*(f"Authorization: Bearer {_token(_GOOD)}" for _ in range(2))),
        400,
        "header_invalid",
    ),
]
ORIGINS = [
    *(
        "null",
        "http://evil.example",
        "https://localhost:3000",
        "http://localhost:3001",
        "http://localhost",
        "http://localhost:3000.evil.example",
    ),
    *(
        "http://evil.example:3000",
        "http://localhost:3000/",
        "http://LOCALHOST:3000",
        "http://localhost:3000@evil.example",
        "*",
        "",
    ),
    *(
        "http://sub.localhost:3000",
        "file://",
        "http://localhost%3a3000",
        "http://localhost:3000, http://evil.example",
        "http://127.0.0.1:3000",
    ),
]
"""No page of theirs may read an answer."""
