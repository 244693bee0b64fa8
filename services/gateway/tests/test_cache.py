"""What is kept, for whom, for how long, and when it is forgotten; with a service and a clock moved by hand."""

from dataclasses import replace

import pytest
from chassis.events.envelope import Event
from chassis.events.testing import example
from gateway_service.cache import news
from gateway_service.config import Keep
from gateway_service.messages import Header, Response
from gateway_service.refusals import Refusal
from gateway_service.testing.cached import PUBLIC, Cached

PUBLISHED = example("blog.post.published.v1")
POST = str(PUBLISHED.data["post_id"])
PICTURE = "/m/01900000-0000-7000-8000-000000000101/1/thumb"


def cached(**settings: object) -> Cached:
    return Cached(**settings)  # type: ignore[arg-type]


def test_second_stranger_is_given_what_the_first_was() -> None:
    service = cached()
    first, second = service.get(), service.get()
    assert (first.cache, second.cache) == ("miss", "hit")
    assert first.body == second.body == b"answer 0"
    assert len(service.calls) == 1


def test_age_is_told_and_goes_on_from_what_the_service_said() -> None:
    service = cached(headers=[*PUBLIC, (b"age", b"20")])
    assert service.get().header(b"age") == b"20"
    service.now += 9
    assert service.get().header(b"age") == b"29"
    service.now += 31
    service.is_alive()
    assert service.get().cache == "stale"


@pytest.mark.parametrize(
    "header",
    [
        (b"cache-control", b"no-cache"),
        (b"cache-control", b"max-age=0, no-store"),
        (b"pragma", b"no-cache"),
        (b"if-none-match", b'"made-up"'),
        (b"if-modified-since", b"Mon, 01 Jan 2001 00:00:00 GMT"),
        (b"accept", b"application/json;q=0.3, text/html"),
        (b"accept", b"*/*;q=0.1"),
        (b"accept-encoding", b"made-up"),
        (b"user-agent", b"another"),
        (b"origin", b"https://evil.example"),
        (b"x-forwarded-host", b"evil.example"),
        (b"accept-language", b"en-GB, de;q=0.8"),
        (b"accept-language", b"tlh"),
    ],
)
def test_nobody_can_force_a_miss_or_be_heard_by_the_service(header: Header) -> None:
    service = cached()
    assert service.get("/api/v1/posts", header).cache == "miss"
    reached, _ = service.calls[0]
    assert dict(reached.headers) == {b"host": b"", b"accept": b"application/json", b"accept-language": b"en"}
    assert service.get().cache == "hit"
    assert service.get("/api/v1/posts", header).cache == "hit"


@pytest.mark.parametrize("query", [b"b=2&a=1", b"a=1&&b=2", b"a=%31&b=2", b"%61=1&b=2&"])
def test_queries_are_one_however_they_are_spelt(query: bytes) -> None:
    service = cached()
    service.get(query=b"a=1&b=2")
    assert service.get(query=query).cache == "hit"
    assert service.calls[0][0].turn.head.query == b"a=1&b=2"


@pytest.mark.parametrize("query", [b"a=1", b"a=2&b=2", b"a=1&b=2&a=1", b"a=1&b=%2f", b"A=1&b=2", b""])
def test_other_queries_are_others(query: bytes) -> None:
    service = cached()
    service.get(query=b"a=1&b=2")
    assert service.get(query=query).cache == "miss"


def test_language_and_path_are_part_of_the_key() -> None:
    service = cached()
    service.get()
    assert service.get("/api/v1/posts", (b"accept-language", b"fr;q=0.5, de-CH")).cache == "miss"
    assert dict(service.calls[-1][0].headers)[b"accept-language"] == b"de"
    assert service.get("/api/v1/posts", (b"accept-language", b"de")).cache == "hit"
    assert service.get("/api/v2/posts").cache == "miss"


@pytest.mark.parametrize("name", [b"authorization", b"cookie", b"range", b"if-range", b"if-match"])
def test_request_of_one_client_alone_passes_by_as_it_came(name: bytes) -> None:
    service = cached()
    service.get()
    own = service.get("/api/v1/posts", (name, b"x"), (b"accept-language", b"fr"))
    assert own.cache == "bypass"
    assert dict(service.calls[-1][0].headers) == {name: b"x", b"accept-language": b"fr"}
    assert service.get().body == b"answer 0"


@pytest.mark.parametrize(
    "headers",
    [
        [(b"cache-control", b"private, max-age=60")],
        [(b"cache-control", b"public, no-store, s-maxage=60")],
        [(b"cache-control", b"max-age=60, no-cache")],
        [(b"cache-control", b'max-age=60, private="x-name"')],
        [(b"cache-control", b"s-maxage=60"), (b"cache-control", b"private")],
        [(b"cache-control", b"s-maxage=0, max-age=60")],
        [(b"cache-control", b"s-maxage=60, \x01")],
        [(b"cache-control", b"s-maxage=-1")],
        [(b"cache-control", b"public, s-maxage=60"), (b"age", b"60")],
        [(b"cache-control", b"public, s-maxage=60"), (b"age", b"0.5")],
        [(b"cache-control", b"public, s-maxage=60"), (b"age", b"0"), (b"age", b"0")],
        [(b"date", b"Mon, 02 Nov 2026 08:00:00 GMT"), (b"expires", b"Mon, 02 Nov 2026 08:01:00 AEST")],
        [(b"cache-control", b"public, s-maxage=60"), (b"set-cookie", b"a=1")],
        [(b"cache-control", b"public, s-maxage=60"), (b"x-accel-redirect", b"/stored/a")],
        [(b"cache-control", b"public, s-maxage=60"), (b"content-range", b"bytes 0-1/2")],
        [(b"cache-control", b"public, s-maxage=60"), (b"content-length", b"9000000")],
        [],
    ],
)
def test_answer_for_one_client_is_given_to_nobody_else(headers: list[Header]) -> None:
    service = cached(headers=[*headers, (b"surrogate-key", b"posts")])
    assert [service.get().body for _ in range(3)] == [b"answer 0", b"answer 1", b"answer 2"]


@pytest.mark.parametrize("expires", [b"Mon, 02 Nov 2026 08:01:00 GMT", b"Mon Nov  2 08:01:00 2026"])
def test_answer_is_kept_until_it_expires(expires: bytes) -> None:
    service = cached(headers=[(b"date", b"Mon, 02 Nov 2026 08:00:00 GMT"), (b"expires", expires), PUBLIC[1]])
    assert [service.get().cache for _ in range(2)] == ["miss", "hit"]
    service.now += 61
    service.is_alive()
    assert service.get().cache == "miss"


def test_cookie_that_a_route_does_not_let_out_stays_in() -> None:
    service = cached(headers=[*PUBLIC, (b"set-cookie", b"session=1")])
    assert service.get().header(b"set-cookie") is None


def test_answer_that_nothing_can_purge_is_not_kept() -> None:
    assert [cached(headers=PUBLIC[:1]).get().cache for _ in range(2)] == ["miss", "miss"]
    forever = cached(headers=PUBLIC[:1], keep=Keep(purged=False))
    assert [forever.get().cache for _ in range(2)] == ["miss", "hit"]


@pytest.mark.parametrize("vary", [b"*", b"Accept, X-Mood", b"User-Agent"])
def test_answer_chosen_by_what_the_service_was_not_told_is_asked_for_anew(vary: bytes) -> None:
    service = cached(vary=vary)
    answer = service.get("/api/v1/posts", (b"user-agent", b"mine"))
    assert (answer.cache, answer.body) == ("bypass", b"answer 1")
    assert dict(service.calls[1][0].headers)[b"user-agent"] == b"mine"


@pytest.mark.parametrize("vary", [b"Accept, accept-language", b"Authorization, Cookie, Origin, Accept-Encoding"])
def test_answer_chosen_by_the_key_is_kept(vary: bytes) -> None:
    service = cached(vary=vary)
    assert [service.get().cache for _ in range(2)] == ["miss", "hit"]
    assert service.get().response.vary == vary


def test_errors_are_kept_for_seconds() -> None:
    service = cached(status=404)
    assert [service.get().cache for _ in range(2)] == ["miss", "hit"]
    service.now += 5
    assert service.get().cache == "miss"
    assert [cached(status=500).get().cache for _ in range(2)] == ["miss", "miss"]


def test_client_that_has_it_already_is_told_so() -> None:
    service = cached(headers=[*PUBLIC, (b"etag", b'"one"'), (b"last-modified", b"Mon, 02 Nov 2026 08:00:00 GMT")])
    service.get()
    for header, status in (
        ((b"if-none-match", b'"one"'), 304),
        ((b"if-none-match", b'W/"other", W/"one"'), 304),
        ((b"if-none-match", b"*"), 304),
        ((b"if-none-match", b'"other"'), 200),
        ((b"if-modified-since", b"Mon, 02 Nov 2026 08:00:00 GMT"), 304),
        ((b"if-modified-since", b"Mon, 02 Nov 2026 07:59:59 GMT"), 200),
        ((b"if-modified-since", b"Monday, 02-Nov-26 08:00:00 GMT"), 304),
        ((b"if-modified-since", b"Mon Nov  2 08:00:00 2026"), 304),
        ((b"if-modified-since", b"Mon, 02 Nov 2026 08:00:00 AEST"), 200),
        ((b"if-modified-since", b"yesterday"), 200),
    ):
        answer = service.get("/api/v1/posts", header)
        assert (answer.cache, answer.response.status) == ("hit", status), header
        assert answer.header(b"etag") == b'"one"'
        assert (answer.header(b"content-length") is None) == (status == 304)


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        (b"image/avif,image/webp,image/*,*/*;q=0.8", b"image/avif"),
        (b"image/webp, image/avif;q=0", b"image/webp"),
        (b"image/jpeg", b"*/*"),
        (b"*/*", b"*/*"),
        (b"", b"*/*"),
    ],
)
def test_form_of_a_picture_is_chosen_by_what_accept_names(accept: bytes, sent: bytes) -> None:
    service = cached(keep=Keep(named=("image/avif", "image/webp")), vary=b"Accept")
    assert [service.get(PICTURE, (b"accept", accept)).cache for _ in range(2)] == ["miss", "hit"]
    assert dict(service.calls[0][0].headers)[b"accept"] == sent


def test_query_that_chooses_nothing_is_no_way_past_what_is_kept() -> None:
    service = cached(keep=Keep(query=False))
    assert [service.get(PICTURE, query=query).cache for query in (b"a=1", b"a=2", b"")] == ["miss", "hit", "hit"]
    assert service.calls[0][0].turn.head.query == b""


def test_body_is_kept_up_to_the_size_of_its_route() -> None:
    service = cached(keep=Keep(body_bytes=10), slow=True)
    for path, size, again in (("/short", 10, "hit"), ("/long", 11, "bypass")):
        service.headers = [*PUBLIC, (b"content-length", b"%d" % size)]
        service.get(path)
        service.answer(body=b"x" * size)
        assert service.get(path).exchange.added_headers[-1] == (b"x-cache", again.encode())


def test_answer_is_not_kept_for_longer_because_it_came_slowly() -> None:
    service = cached(headers=[(b"cache-control", b"public, s-maxage=60"), PUBLIC[1]], slow=True)
    first = service.get()
    service.now += 59
    service.is_alive()
    service.answer()
    assert (first.cache, service.get().header(b"age")) == ("miss", b"59")
    service.now += 1
    assert service.get().outcome is None


def test_picture_that_is_shown_otherwise_is_forgotten() -> None:
    changed = example("media.shown.changed.v1")
    service = cached(headers=[PUBLIC[0], (b"surrogate-key", str(changed.data["asset_id"]).encode())])
    service.get(PICTURE)
    service.publish(changed)
    assert service.get(PICTURE).cache == "miss"


def test_lists_that_show_a_picture_are_forgotten_with_how_it_is_shown() -> None:
    service = cached(headers=[PUBLIC[0], (b"surrogate-key", b"posts")])
    service.get()
    service.publish(example("blog.shown.changed.v1"))
    assert service.get().cache == "miss"


def test_head_is_answered_by_what_get_left_and_leaves_it_for_get() -> None:
    service = cached()
    assert service.get(method="HEAD").header(b"content-length") == b"8"
    assert service.get().cache == "hit"
    assert service.calls[0][0].method == "GET"


def test_all_who_ask_at_once_are_answered_by_one_call() -> None:
    service = cached(slow=True)
    answers = [service.get() for _ in range(500)]
    assert len(service.calls) == 1
    service.answer()
    assert {answer.body for answer in answers} == {b"answer 0"}
    assert [answer.cache for answer in answers].count("miss") == 1
    assert [answer.cache for answer in answers].count("hit") == 499


def test_answer_found_private_after_it_came_is_for_the_first_alone() -> None:
    service = cached(slow=True, headers=[(b"cache-control", b"private, no-store")])
    answers = [service.get() for _ in range(3)]
    service.answer(0)
    assert [answer.outcome is None for answer in answers] == [False, True, True]
    service.answer(1)
    service.answer(2)
    assert [answer.body for answer in answers] == [b"answer 0", b"answer 1", b"answer 2"]
    service.get()
    service.get()
    assert len(service.calls) == 5  # for a while nobody waits for another


def test_failure_is_told_to_all_who_waited_and_not_kept() -> None:
    service = cached(slow=True)
    answers = [service.get() for _ in range(3)]
    service.calls[0][1](Refusal("upstream_timeout"))
    assert {answer.outcome.code for answer in answers if isinstance(answer.outcome, Refusal)} == {"upstream_timeout"}
    assert service.get().outcome is None


def test_call_ends_when_the_last_who_waits_has_left() -> None:
    service, cancelled = cached(slow=True), list[bool]()
    first, second = service.get(), service.get()
    service.calls[0][0].cancel = lambda: cancelled.append(True)
    for answer in (first, second):
        assert not cancelled
        assert answer.exchange.cancel
        answer.exchange.cancel()
    assert cancelled
    service.get()
    assert len(service.calls) == 2


def about(post: str) -> Event:
    return replace(PUBLISHED, data=PUBLISHED.data | {"post_id": post})


def test_event_purges_what_is_made_of_it_and_nothing_else() -> None:
    service = cached(headers=[PUBLIC[0], (b"surrogate-key", POST.encode() + b" other")])
    service.get()
    service.publish(about("another"))
    assert service.get().cache == "hit"
    service.publish(PUBLISHED)
    assert service.get().cache == "miss"


@pytest.mark.parametrize("name", news.PURGES)
def test_events_that_purge_are_as_their_contracts_say(name: str) -> None:
    told = example(name)
    service = cached(headers=[PUBLIC[0], (b"surrogate-key", str(told.data[news.PURGES[name][-1]]).encode())])
    service.get()
    service.publish(told)
    assert service.get().cache == "miss"


def test_answer_asked_for_before_a_purge_is_not_kept_nor_given_to_who_came_after() -> None:
    service = cached(slow=True)
    before = service.get()
    service.publish(PUBLISHED)
    after = service.get()
    assert len(service.calls) == 1
    service.answer(0, b"old")
    assert (before.body, after.outcome) == (b"old", None)
    service.answer(1, b"new")
    assert after.body == service.get().body == b"new"


def test_purge_of_something_else_leaves_a_call_alone() -> None:
    service = cached(slow=True, headers=[PUBLIC[0], (b"surrogate-key", b"unrelated")])
    service.get()
    service.publish(PUBLISHED)
    late = service.get()
    service.answer(0)
    assert late.body == b"answer 0"
    assert service.get().cache == "hit"


def test_stale_answer_is_used_while_a_new_one_is_fetched_once() -> None:
    service = cached()
    service.get()
    service.now += 61
    service.is_alive()
    service.slow = True
    stale = [service.get() for _ in range(3)]
    assert [(answer.cache, answer.body) for answer in stale] == [("stale", b"answer 0")] * 3
    assert len(service.calls) == 2
    service.answer(1, b"new")
    assert (service.get().cache, service.get().body) == ("hit", b"new")


def test_too_stale_an_answer_is_waited_for() -> None:
    service = cached()
    service.get()
    service.now += 91
    service.is_alive()
    assert service.get().cache == "miss"


def test_purge_is_stronger_than_staleness() -> None:
    service = cached()
    service.get()
    service.now += 61
    service.is_alive()
    service.slow = True
    assert service.get().cache == "stale"
    service.publish(PUBLISHED)
    late = service.get()
    assert late.outcome is None
    service.answer(1, b"begun before the purge")
    assert late.outcome is None
    service.answer(2, b"new")
    assert late.body == b"new"


@pytest.mark.parametrize("silence", ["lost", "old"])
def test_without_events_nothing_is_used_or_kept(silence: str) -> None:
    service = cached(slow=True)
    service.get()
    service.answer()
    assert service.get().cache == "hit"
    half_way = service.get(query=b"q=1")
    if silence == "lost":
        service.news.on_lost()
    else:
        service.now += news.OLD_SECONDS
    bypassed = service.get()
    service.answer(2)
    assert bypassed.cache == "bypass"
    service.answer(1)  # was asked for while events were heard
    assert half_way.body == b"answer 1"
    service.news.on_subscribed()
    service.is_alive()
    assert service.get().outcome is None
    assert service.get(query=b"q=1").outcome is None


def test_service_without_a_relay_is_not_believed_because_another_has_one() -> None:
    service = cached()
    service.now += news.OLD_SECONDS
    service.publish(replace(PUBLISHED, type="media.relay.alive.v1"))
    assert service.get().cache == "bypass"
    service.publish(replace(PUBLISHED, type="blog.relay.alive.v1"))
    assert service.get().cache == "miss"


def test_memory_is_bounded_and_what_is_in_demand_stays() -> None:
    service = cached(megabytes=1)
    service.get()
    assert service.get().cache == "hit"
    for number in range(1000):
        service.get(query=b"q=%d" % number)
    assert service.get().cache == "hit"
    assert service.get(query=b"q=0").cache == "miss"
    assert service.get(query=b"q=999").cache == "hit"


def test_no_megabytes_keep_nothing() -> None:
    service = cached(megabytes=0)
    assert [service.get().cache for _ in range(2)] == ["bypass", "bypass"]


def test_unread_news_are_bounded() -> None:
    service = cached()
    service.get()
    for _ in range(2 * news.MOST_WAITING):
        service.publish(about("another"))
    assert service.get().cache == "miss"  # it is not known any more what was purged
    assert isinstance(service.get().outcome, Response)
