"""A time that a person types."""

import pytest
from broadsheet_cli.commands.posts import _moment
from broadsheet_cli.errors import Failure


@pytest.mark.parametrize(
    ("typed", "told"), [("tomorrow", "is no time"), ("2027-01-01", "its offset"), ("2027-01-01T09:00", "its offset")]
)
def test_time_without_its_offset_is_refused(typed: str, told: str) -> None:
    with pytest.raises(Failure, match=told):
        _moment(typed)


def test_time_is_that_of_its_offset() -> None:
    assert _moment("2027-01-01T09:00:00+01:00").isoformat() == "2027-01-01T09:00:00+01:00"
