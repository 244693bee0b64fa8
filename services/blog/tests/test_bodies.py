"""Bodies are kept for all requests, by each process."""

from chassis.django.testing import bodies_that_remember


def test_no_body_carries_anything_from_one_request_to_another() -> None:
    assert bodies_that_remember() == []
