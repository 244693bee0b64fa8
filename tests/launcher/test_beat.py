"""The beat processes queue jobs by their names: they need not the code of those, nor a framework for it."""

import pytest
from chassis.testing import imports_of_beat

from launcher.settings import SERVICES_WITH_DATABASE


@pytest.mark.parametrize("service", SERVICES_WITH_DATABASE)
def test_beat_imports_no_framework(service: str) -> None:
    assert imports_of_beat(service) == (0, "")
