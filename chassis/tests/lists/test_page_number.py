"""Pages by number."""

from typing import Any

import pytest
from chassis.lists import PAGE_NUMBER, Page, Query, page_of
from chassis.problems import Problem
from hypothesis import given
from hypothesis import strategies as st

PUBLIC = "https://news.example.org"


def page(**sent: str) -> Page:
    return page_of(Query("/api/v1/posts", sent.items(), PAGE_NUMBER))


def shown(rows: list[int], asked: Page) -> dict[str, Any]:
    asked.require(len(rows))
    return asked.body(len(rows), rows[asked.start : asked.stop], public_url=PUBLIC)


@given(st.integers(0, 50), st.integers(1, 60))
def test_any_size_of_pages_gives_every_row_once(count: int, size: int) -> None:
    rows, seen, link = list(range(count)), [], "page=1"
    while link:
        body = shown(rows, page(**dict(part.split("=") for part in link.split("&")) | {"page_size": str(size)}))
        seen += body["results"]
        link = (body["next"] or "").partition("?")[2]
    assert seen == rows


def test_pages_link_to_each_other() -> None:
    rows = list(range(5))
    base = f"{PUBLIC}/api/v1/posts"
    first, last = shown(rows, page(page_size="2")), shown(rows, page(page="3", page_size="2"))
    assert (first["count"], first["previous"], first["next"]) == (5, None, f"{base}?page_size=2&page=2")
    assert (last["results"], last["previous"], last["next"]) == ([4], f"{base}?page=2&page_size=2", None)


def test_a_page_has_twenty_rows_and_never_more_than_a_hundred() -> None:
    assert (page().size, page(page_size="100").size, page(page_size="1" + "0" * 150).size) == (20, 100, 100)


@pytest.mark.parametrize("number", ["2", "1000000000", "9" * 200])
def test_a_page_past_the_end_is_not_found_and_the_first_is_always_there(number: str) -> None:
    page().require(0)
    with pytest.raises(Problem) as error:
        page(page=number).require(20)
    assert (error.value.status, error.value.code) == (404, "page_not_found")
