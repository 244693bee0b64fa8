"""Which bytes a Range header asks for (RFC 9110, 14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_service.storage.ranges import MOST, UnsatisfiableRange, requested_ranges

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=10-19", range(10, 20)),
        ("bytes=990-2000", range(990, 1000)),
        ("bytes=990-", range(990, 1000)),
        ("bytes=-10", range(990, 1000)),
        ("bytes=-5000", range(1000)),
        ("Bytes=0-9", range(10)),
    ],
)
def test_one_range_is_given(header: str, expected: range) -> None:
    assert requested_ranges(header, SIZE) == [expected]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-1,3-4", [range(2), range(3, 5)]),
        ("bytes=-5, 0-0", [range(995, 1000), range(1)]),
        ("bytes=0-1,2000-,\t4-4 ,", [range(2), range(4, 5)]),
        ("bytes=0-1,2-3", [range(2), range(2, 4)]),
    ],
)
def test_several_ranges_are_given_in_their_order(header: str, expected: list[range]) -> None:
    assert requested_ranges(header, SIZE) == expected


@pytest.mark.parametrize(
    "header",
    [
        *(
            None,
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=,",
            "bytes=5-1",
            "lines=1-2",
            "bytes=0-1,5-1",
            "bytes=0-1;3-4",
        ),
        *("bytes=0-5,5-9", "bytes=0-,0-", "bytes=0-0," + "2-2," * MOST),
    ],
)
def test_anything_else_means_the_whole_file(header: str | None) -> None:
    assert requested_ranges(header, SIZE) == []


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=1000-,2000-"])
def test_beyond_the_end_there_is_nothing(header: str) -> None:
    with pytest.raises(UnsatisfiableRange):
        requested_ranges(header, SIZE)


@given(st.text(alphabet="bytes=-, 0123456789\u0663\xb2", max_size=60) | st.text(max_size=30), st.integers(1, 10**9))
def test_whatever_is_sent_the_bytes_are_in_the_file(header: str, size: int) -> None:
    try:
        wanted = requested_ranges(header, size)
    except UnsatisfiableRange:
        return
    assert all(one and 0 <= one.start < one.stop <= size for one in wanted)
    assert sum(map(len, wanted)) <= size
