"""Which renderer answers: REST framework's choice, made sooner where a client takes anything."""

from typing import Any

import pytest
from chassis.django.renderers import ContentNegotiation, JsonRenderer
from django.test import RequestFactory
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import StaticHTMLRenderer
from rest_framework.request import Request

RENDERERS = [JsonRenderer(), StaticHTMLRenderer()]
Choice = tuple[Any, str]


def chosen(negotiation: type[DefaultContentNegotiation], headers: dict[str, str], suffix: str | None = None) -> Choice:
    request = Request(RequestFactory().get("/posts", headers=headers))
    choice: Choice = negotiation().select_renderer(request, RENDERERS, suffix)
    return choice


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}])
def test_who_takes_anything_gets_the_first(headers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(DefaultContentNegotiation, headers) == (RENDERERS[0], "application/json")
    monkeypatch.delattr(DefaultContentNegotiation, "get_accept_list")  # nothing is compared
    assert chosen(ContentNegotiation, headers) == (RENDERERS[0], "application/json")


@pytest.mark.parametrize(
    ("accept", "which"),
    [
        ("text/html", 1),
        ("text/html, */*", 1),
        ("application/json", 0),
        ("application/json; indent=4", 0),
        ("text/plain, application/*", 0),
        ("*/*;q=0.8", 0),
    ],
)
def test_who_names_a_media_type_gets_what_rest_framework_chooses(accept: str, which: int) -> None:
    choice = chosen(ContentNegotiation, {"Accept": accept})
    assert choice == chosen(DefaultContentNegotiation, {"Accept": accept})
    assert choice[0] is RENDERERS[which]


def test_ending_of_an_address_counts_where_anything_is_taken() -> None:
    assert chosen(ContentNegotiation, {"Accept": "*/*"}, "html")[0] is RENDERERS[1]


def test_what_nothing_here_is_told_in_is_refused() -> None:
    with pytest.raises(NotAcceptable):
        chosen(ContentNegotiation, {"Accept": "application/xml"})
