from typing import Any

import pytest
from chassis.django.middleware import proxy_headers_from_trusted_peers
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

SAID = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "a", "Forwarded": "for=a"}


def seen(peer: str) -> dict[str, Any]:
    """What a view sees of a request that comes from a peer and says all this about itself."""
    requests: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        requests.append(request)
        return HttpResponse()

    proxy_headers_from_trusted_peers(view)(RequestFactory().get("/", headers=SAID, REMOTE_ADDR=peer))
    return {"address": requests[0].META["REMOTE_ADDR"], "secure": requests[0].is_secure(), **requests[0].headers}


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_gateways_word_counts(peer: str) -> None:
    assert seen(peer).items() >= {"address": "203.0.113.7", "secure": True}.items()


def test_others_are_not_believed_and_their_words_go_no_further() -> None:
    found = seen("198.51.100.9")
    assert (found["address"], found["secure"]) == ("198.51.100.9", False)
    assert not found.keys() & SAID.keys()
