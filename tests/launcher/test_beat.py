"""The beat processes queue jobs by their names: they need not the code of those, nor a framework for it."""

import pytest
from chassis.testing import imports_of_beat


@pytest.mark.parametrize("service", ["auth", "blog", "media"])
def test_beat_imports_no_framework(service: str) -> None:
    assert imports_of_beat(service) == (0, "")
