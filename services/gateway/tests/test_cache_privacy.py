"""Whatever requests and answers say: what is for one client alone is never given to another."""

from gateway_service.cache.freshness import ERROR_SECONDS
from gateway_service.messages import Header
from gateway_service.testing.cached import Cached
from hypothesis import example, given
from hypothesis import strategies as st

ASKED: list[Header] = [
    (b"authorization", b"Bearer a.b.c"),
    (b"cookie", b"session=1"),
    (b"range", b"bytes=0-1"),
    (b"if-none-match", b'"1"'),
    (b"cache-control", b"no-cache"),
    (b"accept", b"text/html"),
    (b"accept", b"application/json"),
    (b"accept-language", b"de"),
    (b"x-forwarded-host", b"evil.example"),
]
CACHE_CONTROL = [
    b"public",
    b"private",
    b'private="set-cookie"',
    b"no-store",
    b"no-cache",
    b"s-maxage=60",
    b"s-maxage=0",
    b"max-age=60",
    b"max-age=x",
    b"must-revalidate",
    b"stale-while-revalidate=30",
    b"PRIVATE",
    b'x="private"',
    b"\xff",
]
ANSWERED: list[Header] = [
    (b"set-cookie", b"session=2"),
    (b"surrogate-key", b"posts"),
    (b"etag", b'"1"'),
    (b"age", b"30"),
    (b"age", b"x"),
    (b"expires", b"0"),
    (b"content-range", b"bytes 0-1/2"),
    (b"x-accel-redirect", b"/stored/a"),
    (b"www-authenticate", b"Bearer"),
]
VARY = [b"", b"*", b"Accept", b"Accept-Language, Accept", b"Cookie", b"X-Mood", b"accept,authorization"]
OF_ONE = {b"authorization", b"cookie", b"range"}
FORBIDDEN = {b"private", b'private="set-cookie"', b"no-store", b"no-cache", b"PRIVATE", b"\xff", b"s-maxage=0"}
some = st.lists
requests = some(st.sampled_from(ASKED), max_size=4, unique=True)


@given(
    requests,
    requests,
    some(st.sampled_from(CACHE_CONTROL), max_size=5, unique=True),
    some(st.sampled_from(ANSWERED), max_size=5, unique=True),
    st.sampled_from(VARY),
    st.sampled_from([200, 204, 206, 301, 302, 404, 500]),
)
@example([], [], [b"public", b"s-maxage=60"], [(b"surrogate-key", b"posts")], b"", 200)
def test_private_stays_private(  # noqa: PLR0917  all that may be said
    first: list[Header],
    second: list[Header],
    cache_control: list[bytes],
    answered: list[Header],
    vary: bytes,
    status: int,
) -> None:
    headers = [*answered, *((b"cache-control", each) for each in cache_control)]
    service = Cached(headers=headers, vary=vary, status=status)
    one, other = service.get("/api/v1/posts", *first), service.get("/api/v1/posts", *second)
    names = {name for name, _ in answered}
    secret = (
        OF_ONE & {name for name, _ in (*first, *second)}
        or FORBIDDEN & set(cache_control)
        or names & {b"set-cookie", b"content-range", b"x-accel-redirect", b"www-authenticate"}
        or b"surrogate-key" not in names
        or vary in {b"*", b"X-Mood"}
        or status in {204, 206, 302, 500}
    )
    if secret:
        assert other.cache in {"miss", "bypass"}
        assert other.body != one.body
    if other.cache == "hit":
        assert _language(first) == _language(second)
        service.now += ERROR_SECONDS
        assert status < 400 or service.get("/api/v1/posts", *second).cache != "hit"


def _language(headers: list[Header]) -> bytes:
    return dict(headers).get(b"accept-language", b"en")
