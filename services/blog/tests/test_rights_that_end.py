"""Who loses the right to a write while its body is still coming does not write."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from blog_service.authors.models import Author
from blog_service.posts.models import Post
from blog_service.sent_pictures.models import SentPicture
from blog_service.testing import Caller, Neighbours
from chassis.django.authentication import revocations
from chassis.django.testing import ApiResponse
from chassis.events.testing import example
from django.test import Client

POST = "v1/posts/first-light"
IMAGES = f"{POST}/images"
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nTaken over\r\n'
    b'--b\r\nContent-Disposition: form-data; name="body"\r\n\r\nby nobody\r\n'
    b'--b\r\nContent-Disposition: form-data; name="published"\r\n\r\ntrue\r\n'
    b'--b\r\nContent-Disposition: form-data; name="images[0].file"; filename="a.png"\r\n\r\n\x89PNG\r\n--b--\r\n'
)
WORDS = FORM.partition(b'--b\r\nContent-Disposition: form-data; name="images')[0] + b"--b--\r\n"
ONE_FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG\r\n--b--\r\n'


@pytest.fixture(autouse=True)
def _nothing_is_revoked() -> Iterator[None]:
    revocations.cache_clear()
    yield
    revocations.cache_clear()


class SlowBody(BytesIO):
    """What is read of it comes after something else has happened."""

    def __init__(self, content: bytes, meanwhile: Callable[[], object]) -> None:
        super().__init__(content)
        self._meanwhile = meanwhile
        self._has_begun = False

    def read(self, size: int | None = -1, /) -> bytes:
        if not self._has_begun:
            self._has_begun = True
            self._meanwhile()
        return super().read(size)


def send_slowly(
    who: Caller, method: str, path: str, body: bytes | dict[str, Any], meanwhile: Callable[[], object], **headers: str
) -> ApiResponse:
    """Send a form, or JSON, whose body comes after something else."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "multipart/form-data; boundary=b" if isinstance(body, bytes) else "application/json"
    sent = {"Authorization": f"Bearer {who.token}"} | headers
    body_sent: Any = {"wsgi.input": SlowBody(content, meanwhile)}
    client = Client(raise_request_exception=False)
    return ApiResponse(client.generic(method, f"/api/{path}", content, content_type=kind, headers=sent, **body_sent))


def ends_for(who: Caller) -> None:
    """The account loses its roles; tokens that name them are over."""
    event = example("auth.role.changed.v1")
    revocations().tokens.apply(replace(event, data={"user_id": str(who.id), "roles": []}))


def assert_nothing_came(neighbours: Neighbours) -> None:
    assert list(Post.objects.values_list("title", "body", "status")) == [("First light", "# md", Post.Status.DRAFT)]
    assert not neighbours.pictures
    assert not SentPicture.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "v1/posts", FORM),
        ("PUT", POST, FORM),
        ("PATCH", POST, FORM),
        ("PATCH", POST, {"title": "Taken over"}),
        ("POST", IMAGES, ONE_FILE),
    ],
)
def test_a_token_that_ends_meanwhile_writes_nothing(
    alice: Caller, neighbours: Neighbours, method: str, path: str, body: Any
) -> None:
    alice.writes()
    answer = send_slowly(alice, method, path, body, lambda: ends_for(alice))
    assert (answer.status, answer.body["code"]) == (401, "token_revoked")
    assert_nothing_came(neighbours)


@pytest.mark.parametrize("body", [{"title": "Taken over"}, {"to": "archived"}])
def test_nor_does_it_in_version_2(alice: Caller, neighbours: Neighbours, body: dict[str, str]) -> None:
    post = alice.writes()
    method, path = ("POST", "/transitions") if "to" in body else ("PATCH", "")
    answer = send_slowly(alice, method, f"v2/posts/{post['id']}{path}", body, lambda: ends_for(alice), If_Match="*")
    assert (answer.status, answer.body["code"]) == (401, "token_revoked")
    assert_nothing_came(neighbours)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", POST, WORDS),
        ("PATCH", POST, WORDS),
        ("POST", IMAGES, {"media": None}),
        ("PATCH", "v2/posts/{id}", {"title": "Taken over"}),
        ("POST", "v2/posts/{id}/transitions", {"to": "archived"}),
    ],
)
def test_a_co_author_who_is_none_any_more_changes_nothing(  # noqa: PLR0917  fixtures
    alice: Caller, bob: Caller, neighbours: Neighbours, method: str, path: str, body: Any
) -> None:
    neighbours.has_account(bob)
    post = alice.writes()
    picture = {"media": str(neighbours.has_asset(alice))} if body == {"media": None} else body
    authors = f"v2/posts/{post['id']}"
    alice.patch(authors, {"authors": [{"id": str(alice.id)}, {"id": str(bob.id)}]}, If_Match="*")

    def is_removed() -> None:
        assert alice.patch(authors, {"authors": [{"id": str(alice.id)}]}, If_Match="*").status == 200

    answer = send_slowly(bob, method, path.format(**post), picture, is_removed, If_Match="*")
    assert (answer.status, answer.body["code"]) == (404, "post_not_found")
    assert_nothing_came(neighbours)
    assert alice.get(POST).body["images"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "v1/posts", FORM),
        ("PATCH", POST, FORM),
        ("POST", "v2/posts/{id}/transitions", {"to": "published"}),
        ("POST", "v2/posts/{id}/transitions", {"to": "scheduled", "at": "2999-01-01T00:00:00Z"}),
    ],
)
@pytest.mark.parametrize("what", [{"suspended": True}, {"may_write": False}])
def test_an_author_who_may_not_publish_any_more_publishes_nothing(  # noqa: PLR0917  fixtures
    alice: Caller, neighbours: Neighbours, what: dict[str, bool], method: str, path: str, body: Any
) -> None:
    post = alice.writes()
    answer = send_slowly(alice, method, path.format(**post), body, lambda: Author.objects.update(**what))
    assert (answer.status, answer.body["code"]) == (403, "not_the_author")
    assert_nothing_came(neighbours)
