"""Conditional requests."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from chassis.preconditions import entity_tag, if_match, is_unchanged
from chassis.problems import Problem

MODIFIED = datetime(2026, 11, 23, 10, 0, 0, 999_999, UTC)


def test_a_tag_is_of_a_version_and_of_what_is_shown() -> None:
    assert entity_tag(3) == '"3"'
    assert entity_tag(3, b"a") == entity_tag(3, b"a") != entity_tag(3, b"b")
    assert entity_tag(3, b"a").startswith('"3-')


@pytest.mark.parametrize(
    "header", ["*", " * ", '"3"', '"2", "3"', ' ,"x,y" ,\t"3",, ', 'W/"2","3"', '"3" , W/"3"', '"","3","ä"']
)
def test_a_write_goes_on_where_a_listed_tag_is_the_present_one(header: str) -> None:
    if_match(header).require('"3"')


@pytest.mark.parametrize(
    "header", ["", ",", '"2"', 'W/"3"', "3", "'3'", '"3', '3"', '"3" x', '"3";"3"', '"*"', '* , "3"', 'w/"3"']
)
def test_any_other_write_is_refused(header: str) -> None:
    with pytest.raises(Problem) as error:
        if_match(header).require('"3"')
    assert (error.value.status, error.value.code) == (412, "precondition_failed")


def test_a_write_that_demands_nothing_is_refused() -> None:
    with pytest.raises(Problem) as error:
        if_match(None)
    assert (error.value.status, error.value.code) == (428, "precondition_required")


@pytest.mark.parametrize(("header", "unchanged"), [
    ('"3"', True), ('W/"3"', True), ('"2" ,"3"', True), ("*", True), ('"a,b", "3"', True),
    ('"2"', False), ("", False), ("3", False), ('"3" and more', False), ('"x\\"3"', False),
])  # fmt: skip
def test_who_has_the_present_tag_has_it_all(header: str, unchanged: bool) -> None:
    assert is_unchanged({"if-none-match": header}, '"3"', MODIFIED) is unchanged
    since = {"if-modified-since": format_datetime(MODIFIED, usegmt=True)}
    assert is_unchanged({"if-none-match": header} | since, '"3"', MODIFIED) is unchanged


@pytest.mark.parametrize(("seconds", "unchanged"), [(-1, False), (0, True), (1, True)])
def test_without_tags_the_time_counts_in_whole_seconds(seconds: int, unchanged: bool) -> None:
    since = format_datetime(MODIFIED + timedelta(seconds=seconds), usegmt=True)
    assert is_unchanged({"if-modified-since": since}, '"3"', MODIFIED) is unchanged
    assert not is_unchanged({"if-modified-since": since}, '"3"')


@pytest.mark.parametrize("header", ["yesterday", "", "Mon, 23 Nov 2026 10:00:00 -0000", "Mon, 23 Nov 99999"])
def test_what_is_no_time_says_nothing(header: str) -> None:
    assert not is_unchanged({"if-modified-since": header}, '"3"', MODIFIED)
