"""A post that is sent again under its Idempotency-Key."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from blog_service.posts.models import Post
from blog_service.testing import Caller, Neighbours
from chassis.django.idempotency.models import IdempotencyKey
from chassis.django.idempotency.views import Keep, create_once
from chassis.testing.unanswered import HIDE_KEYS, SHOW_KEYS, UNANSWERED
from django.db import connection
from django.utils import timezone
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from chassis import idempotency

POST = {"title": "First light", "body": "# md"}


def writes(caller: Caller, key: str = "k-1", **fields: Any) -> Any:
    return caller.post("v1/posts", POST | fields, Idempotency_Key=key)


def test_a_post_sent_again_is_there_once_and_answered_alike(alice: Caller) -> None:
    first = writes(alice)
    alice.patch("v1/posts/first-light", {"body": "changed"})
    again = alice.post("v1/posts", b'{ "body": "# md",  "title": "First light" }', Idempotency_Key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.headers["Location"] == first.headers["Location"]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Cache-Control"] == "private, no-store"
    assert Post.objects.count() == 1


def test_without_a_key_or_with_another_one_it_is_another_post(alice: Caller) -> None:
    for sent in (alice.post("v1/posts", POST), alice.post("v1/posts", POST), writes(alice), writes(alice, "k-2")):
        assert (sent.status, "Idempotency-Replayed" in sent.headers) == (201, False)
    assert Post.objects.count() == 4


def test_a_key_is_its_callers_alone(alice: Caller, bob: Caller) -> None:
    assert writes(alice).body["author"]["username"] == "alice"
    assert writes(bob).body["author"]["username"] == "bob"


def test_a_key_used_with_another_body_is_refused(alice: Caller) -> None:
    writes(alice)
    answer = writes(alice, title="Dawn")
    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
    assert Post.objects.count() == 1


@pytest.mark.parametrize("key", ["", "ä", "a b", "k" * 256])
def test_what_can_be_no_key_is_refused(alice: Caller, key: str) -> None:
    answer = writes(alice, key)
    assert (answer.status, answer.body["code"]) == (400, "idempotency_key_invalid")
    assert not Post.objects.exists()


def test_what_was_refused_may_be_mended_under_the_same_key(alice: Caller, neighbours: Neighbours) -> None:
    assert writes(alice, title="").status == 400
    assert writes(alice, images=[{"media": "01900000-0000-7000-8000-0000000000ff"}]).status == 400
    assert writes(alice).status == 201


def test_a_stranger_keeps_nothing(charlie: Caller) -> None:
    assert charlie.post("v1/posts", POST, Idempotency_Key="k-1").status == 401
    assert not IdempotencyKey.objects.exists()


def test_the_first_try_is_waited_for_as_long_as_its_process_may_live(alice: Caller) -> None:
    writes(alice)
    IdempotencyKey.objects.update(answer=None)
    answer = writes(alice)
    assert (answer.status, answer.body["code"], answer.headers["Retry-After"]) == (409, "idempotency_in_progress", "1")
    IdempotencyKey.objects.update(running_until=timezone.now() - timedelta(seconds=1))
    assert writes(alice).status == 201
    assert "Idempotency-Replayed" in writes(alice).headers


def test_an_answer_is_kept_for_a_day_and_then_forgotten(alice: Caller) -> None:
    for number in range(3):
        writes(alice, f"k-{number}")
    IdempotencyKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "Idempotency-Replayed" not in writes(alice, "k-0").headers
    assert IdempotencyKey.objects.count() == 1
    assert timedelta(days=1) == idempotency.KEPT


def test_who_was_overtaken_creates_nothing(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = idempotency.keep

    def keep_late(*arguments: Any) -> None:
        IdempotencyKey.objects.update(owner="another")
        keep(*arguments)

    monkeypatch.setattr(idempotency, "keep", keep_late)
    answer = writes(alice)
    assert (answer.status, answer.body["code"]) == (409, "idempotency_in_progress")
    assert not Post.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_post(alice: Caller) -> None:
    together = Barrier(6)

    def run(_number: int) -> Any:
        together.wait()
        try:
            return writes(alice)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(run, range(6)))
    codes = {(answer.status, answer.body.get("code")) for answer in answers}
    assert codes <= {(201, None), (409, "idempotency_in_progress")}
    made = [answer for answer in answers if answer.status == 201]
    assert len({answer.body["id"] for answer in made}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in made) == 1
    assert writes(alice).body == made[0].body
    assert Post.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("error", UNANSWERED, ids=repr)
@pytest.mark.parametrize("is_freed", [True, False])
def test_what_ends_without_an_answer_says_why_and_leaves_its_key_free(error: BaseException, *, is_freed: bool) -> None:
    sent = APIRequestFactory().post("/", POST, format="json", headers={"Idempotency-Key": "k-1"})

    def fail(_keep: Keep) -> Response:
        if not is_freed:
            execute(HIDE_KEYS)
        raise error

    with pytest.raises(type(error)) as caught:
        create_once(Request(sent, [JSONParser()]), fail)
    assert caught.value is error
    if not is_freed:
        execute(SHOW_KEYS)
    assert IdempotencyKey.objects.count() == (0 if is_freed else 1)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
