"""What only the platform asks, on the service's own port."""

import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_a_migrated_service_is_alive_ready_and_measured(db: None, path: str) -> None:
    assert Client().get(path).status_code == 200


def test_nothing_is_shown_at_an_unknown_path(db: None) -> None:
    answer = Client().get("/nothing")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
