"""Which bytes a Range header asks for (RFC 9110, 14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_service.storage.ranges import UnsatisfiableRange, requested_range

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
    assert requested_range(header, SIZE) == expected


@pytest.mark.parametrize("header", [None, "", "bytes", "bytes=", "bytes=-", "bytes=5-1", "bytes=0-1,3-4", "lines=1-2"])
def test_anything_else_means_the_whole_file(header: str | None) -> None:
    assert requested_range(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_beyond_the_end_there_is_nothing(header: str) -> None:
    with pytest.raises(UnsatisfiableRange):
        requested_range(header, SIZE)


@given(st.text(alphabet="bytes=-, 0123456789\u0663\xb2", max_size=60) | st.text(max_size=30), st.integers(1, 10**9))
def test_whatever_is_sent_the_bytes_are_in_the_file(header: str, size: int) -> None:
    try:
        wanted = requested_range(header, size)
    except UnsatisfiableRange:
        return
    assert wanted is None or (wanted and 0 <= wanted.start < wanted.stop <= size)
