"""Pages by cursor, over rows in memory."""

import base64
import json
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

import pytest
from chassis.lists import CURSOR, CursorPage, Keyset, Parameter, Query, cursor_page
from chassis.problems import Problem
from hypothesis import given
from hypothesis import strategies as st

NEWEST: Keyset = {"-at": datetime.fromisoformat, "name": str, "-score": int, "-id": UUID}
PLACE = (datetime(2026, 11, 23, 10, 0, 0, 123456, UTC), "é\n", -3, UUID(int=7))
KNOWN = [*CURSOR, Parameter("tag"), Parameter("author")]


def asked(path: str = "/api/v2/posts", **sent: str) -> CursorPage:
    return cursor_page(Query(path, sent.items(), KNOWN), NEWEST)


def given_out(path: str = "/api/v2/posts", **sent: str) -> str:
    """The cursor behind a row whose keys are PLACE."""
    _, cursor = asked(path=path, limit="1", **sent).split(["row", "next"], lambda _row: PLACE)
    assert cursor
    return cursor


def is_refused(cursor: str, **sent: str) -> bool:
    with pytest.raises(Problem) as error:
        asked(cursor=cursor, **sent)
    return (error.value.status, error.value.code) == (400, "cursor_invalid")


@given(st.datetimes(timezones=st.just(UTC)), st.text(st.characters(exclude_characters="\0", codec="utf-8")))
def test_a_place_comes_back_as_it_was(at: datetime, name: str) -> None:
    place = (at, name[:300], 2**63 - 1, UUID(int=7))
    _, cursor = asked(limit="1").split([0, 1], lambda _row: place)
    assert cursor
    assert asked(cursor=cursor).place == place


def test_a_cursor_is_good_for_any_limit_and_any_order_of_the_same_filters() -> None:
    cursor = given_out(tag="t", author="alice")
    assert asked(author="alice", tag="t", limit="7", cursor=cursor).place == PLACE
    assert asked("/api/v2/posts/", cursor=given_out()).place == PLACE


def test_a_cursor_of_another_list_or_of_other_filters_is_refused() -> None:
    assert is_refused(given_out("/api/v2/comments"))
    assert is_refused(given_out(tag="t"))
    assert is_refused(given_out(), tag="t")
    assert is_refused(given_out(tag="t"), tag="u")
    assert is_refused(given_out(tag="t"), author="t")


@given(st.data())
def test_a_cursor_of_which_anything_was_changed_is_refused(data: st.DataObject) -> None:
    cursor = given_out()
    index = data.draw(st.integers(0, len(cursor) - 1))
    replaced = data.draw(st.one_of(st.just(""), st.characters(codec="utf-8", exclude_characters=f"\0{cursor[index]}")))
    assert is_refused(cursor[:index] + replaced + cursor[index + 1 :])


@pytest.mark.parametrize("cursor", ["", "x", "é", "====", "bm93", "A" * 1999])
def test_what_is_no_cursor_at_all_is_refused(cursor: str) -> None:
    assert is_refused(cursor)


def forged(keys: object) -> str:
    """As somebody makes it who knows this code: nothing of a cursor is secret."""
    text = json.dumps(keys, ensure_ascii=False, separators=(",", ":")).encode()
    digest = blake2b(json.dumps(["/api/v2/posts"]).encode() + b"\0" + text, digest_size=8).digest()
    return base64.urlsafe_b64encode(digest + text).rstrip(b"=").decode()


def test_a_cursor_made_up_by_hand_is_a_place_like_any_other() -> None:
    keys = ["2026-11-23T10:00:00.123456+00:00", "é\n", "-3", "00000000-0000-0000-0000-000000000007"]
    assert asked(cursor=forged(keys)).place == PLACE
    for index, wrong in enumerate(["now", "a\0", str(2**63), "{0}"]):
        assert is_refused(forged([*keys[:index], wrong, *keys[index + 1 :]]))


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(codec="utf-8"), max_size=20))
JSON = st.one_of(LEAVES, st.lists(st.text(max_size=3), max_size=2), st.recursive(LEAVES, st.lists, max_leaves=5))


@given(JSON)
def test_whatever_is_made_up_is_a_place_or_refused(keys: object) -> None:
    query = Query("/api/v2/posts", [("cursor", forged(keys))], KNOWN)
    try:
        place = cursor_page(query, {"-id": str}).place
    except Problem as problem:
        assert problem.code == "cursor_invalid"  # noqa: PT017  one of two endings
    else:
        assert list(place or ()) == keys


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "٣", "1e3"])
def test_a_limit_that_is_none_is_refused_like_any_filter(limit: str) -> None:
    with pytest.raises(Problem) as error:
        asked(limit=limit)
    assert (error.value.status, error.value.code) == (400, "filter_invalid")


def test_a_page_has_twenty_rows_and_never_more_than_a_hundred() -> None:
    assert (asked().limit, asked(limit="9" * 100).limit) == (20, 100)
