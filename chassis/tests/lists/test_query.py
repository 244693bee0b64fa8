"""Query strings of lists."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from chassis.lists import Parameter, Query
from chassis.problems import Problem

KNOWN = [
    Parameter("tag"),
    Parameter("mine"),
    Parameter("page"),
    Parameter("since"),
    Parameter("order"),
    Parameter("state"),
    Parameter("post"),
]
PUBLIC = "https://news.example.org"


def query(*sent: tuple[str, str]) -> Query:
    return Query("/api/v1/posts", sent, KNOWN)


def refusal(error: pytest.ExceptionInfo[Problem]) -> tuple[int, str, str]:
    return error.value.status, error.value.code, error.value.detail.partition(":")[0]


def test_a_parameter_nobody_knows_is_named_with_those_there_are() -> None:
    with pytest.raises(Problem, match="there are: mine, order, page, post, since, state, tag") as error:
        query(("colour", "red"))
    assert refusal(error) == (400, "filter_unknown", "colour")


def test_a_parameter_said_twice_is_refused() -> None:
    with pytest.raises(Problem) as error:
        query(("tag", "a"), ("tag", "a"))
    assert refusal(error) == (400, "filter_invalid", "tag")


@pytest.mark.parametrize("value", ["", "a\0b", "t" * 201])
def test_a_value_that_nothing_can_have_is_refused(value: str) -> None:
    with pytest.raises(Problem) as error:
        query(("tag", value))
    assert refusal(error) == (400, "filter_invalid", "tag")


def test_a_parameter_may_allow_longer_values() -> None:
    known = [Parameter("tag", {"type": "string", "maxLength": 300})]
    assert Query("/", [("tag", "t" * 300)], known).text("tag") == "t" * 300
    with pytest.raises(Problem):
        Query("/", [("tag", "t" * 301)], known)


def test_values_are_read_by_their_kind() -> None:
    asked = query(("mine", "TRUE"), ("page", "9" * 200), ("since", "2026-11-23 10:00:00 01:00"))
    assert (asked.text("tag"), asked.given("order")) == (None, None)
    assert asked.flag("mine") is True
    assert asked.number("page", 1) == int("9" * 200)
    assert asked.moment("since") == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert asked.choice("order", {"new": 1, "old": 2}, "old") == 2


@pytest.mark.parametrize("value", ["", "0", "-1", "+1", "1.0", "1e3", "x", "٣", " 1"])
def test_what_is_no_number_from_one_up_is_refused(value: str) -> None:
    with pytest.raises(Problem) as error:
        query(("page", value)).number("page", 1)
    assert refusal(error) == (400, "filter_invalid", "page")


@pytest.mark.parametrize(
    "value", ["yesterday", "2026-02-30", "24:00", "0001-01-01T00:00:00+14:00", "2026-11-23T10:00x"]
)
def test_what_is_no_time_is_refused(value: str) -> None:
    with pytest.raises(Problem) as error:
        query(("since", value)).moment("since")
    assert refusal(error) == (400, "filter_invalid", "since")


def test_an_address_keeps_what_was_asked_and_is_the_gateways() -> None:
    asked = Query("/api/v1/tags/ä b", [("tag", "a&b"), ("page", "2")], KNOWN)
    assert asked.address(PUBLIC, page="3") == f"{PUBLIC}/api/v1/tags/%C3%A4%20b?tag=a%26b&page=3"
    assert query(("tag", "x")).address(PUBLIC, page="2") == f"{PUBLIC}/api/v1/posts?tag=x&page=2"


STATES = {"held": 1, "removed": 2, "visible": 3}


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("held", [1]), ("visible,held", [3, 1]), ("held,held", [1]), ("held,removed,visible", [1, 2, 3])],
)
def test_choices_are_told_in_the_order_they_came_each_once(sent: str, meant: list[int]) -> None:
    assert query(("state", sent)).choices("state", STATES) == meant


def test_no_choices_are_none() -> None:
    assert query().choices("state", STATES) == []


@pytest.mark.parametrize("sent", ["lost", "held,lost", "held,", ",", "Held", "held, removed"])
def test_choice_that_there_is_not_is_refused_with_those_there_are(sent: str) -> None:
    with pytest.raises(Problem, match="with commas between: held, removed, visible") as error:
        query(("state", sent)).choices("state", STATES)
    assert refusal(error) == (400, "filter_invalid", "state")


def test_uuid_is_read_and_none_where_nothing_was_sent() -> None:
    post = UUID("01890000-0000-7000-8000-000000000001")
    assert query(("post", str(post))).uuid("post") == post
    assert query().uuid("post") is None


@pytest.mark.parametrize("sent", ["harbour", "01890000-0000-7000-8000-00000000000", "1"])
def test_what_is_no_uuid_is_refused(sent: str) -> None:
    with pytest.raises(Problem, match="Say a UUID") as error:
        query(("post", sent)).uuid("post")
    assert refusal(error) == (400, "filter_invalid", "post")
