"""Preview links: one post, for whoever has the link, until it ends."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from blog_service.authors.models import Author
from blog_service.authors.tasks import authors_reconcile
from blog_service.commands import event_service
from blog_service.posts.models import PreviewLink
from blog_service.testing import Caller, Neighbours
from chassis.django.idempotency.models import IdempotencyKey
from chassis.events.testing import deliver, example
from chassis.redaction import REDACTED, redact
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7


def hear(name: str, who: Caller, *, sequence: int) -> None:
    event = example(f"auth.user.{name}.v1")
    data = event.data | {"user_id": str(who.id)}
    deliver(event_service(), replace(event, id=uuid7(), sequence=sequence, partition_key=str(who.id), data=data))


def links_of(post: dict[str, Any]) -> str:
    return f"v2/posts/{post['id']}/preview-links"


def path_of(link: dict[str, Any]) -> str:
    prefix = "https://news.example.org/api/"
    assert link["url"].startswith(f"{prefix}v2/previews/")
    return str(link["url"].removeprefix(prefix))


@pytest.fixture
def draft(alice: Caller) -> dict[str, Any]:
    return alice.writes()


@pytest.fixture
def link(alice: Caller, draft: dict[str, Any]) -> dict[str, Any]:
    answer = alice.post(links_of(draft), {"expires_in": 3600})
    assert answer.status == 201, answer
    return answer.body  # type: ignore[no-any-return]


def test_whoever_has_the_link_reads_the_draft(charlie: Caller, draft: dict[str, Any], link: dict[str, Any]) -> None:
    answer = charlie.get(path_of(link))
    assert (answer.status, answer.body["preview"], answer.body["id"]) == (200, True, draft["id"])
    assert answer.body["html"] == draft["html"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert charlie.get(f"v2/posts/{draft['id']}").status == 404


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def page_of(link: dict[str, Any], **headers: str) -> Any:
    return Client(headers={"Accept": BROWSER, **headers}).get(f"/api/{path_of(link)}")


def test_a_browser_is_shown_a_page_that_nobody_keeps(link: dict[str, Any]) -> None:
    answer = page_of(link)
    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert '<h1 dir="auto">First light</h1>' in html
    assert "<b>Preview</b>" in html
    assert "<time" not in html, "which it was not published at"
    assert "<b>Vorschau</b>" in page_of(link, **{"Accept-Language": "de"}).content.decode()
    assert not re.search(r"ld\+json|og:url|canonical", html)
    assert '<meta name="robots" content="noindex, nofollow">' in html
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert set(answer.headers["Vary"].split(", ")) == {"Accept", "Accept-Language", "Authorization"}


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json, text/plain, */*"])
def test_who_does_not_prefer_html_reads_json(link: dict[str, Any], accept: str) -> None:
    answer = page_of(link, Accept=accept)
    assert (answer.status_code, answer.json()["title"]) == (200, "First light")
    assert "Accept" in answer.headers["Vary"]


def test_a_browser_is_told_that_a_preview_has_ended(link: dict[str, Any]) -> None:
    PreviewLink.objects.all().delete()
    answer = page_of(link)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>This preview has ended</h1>" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Diese Vorschau ist zu Ende" in page_of(link, **{"Accept-Language": "de"}).content.decode()


def test_a_link_that_is_asked_for_twice_under_a_key_is_made_once_and_told_once(
    alice: Caller, charlie: Caller, draft: dict[str, Any]
) -> None:
    first, second = (alice.post(links_of(draft), {}, Idempotency_Key="once") for _ in range(2))
    assert (first.status, second.status, second.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert second.body == first.body | {"url": None}
    assert charlie.get(path_of(first.body)).status == 200
    assert PreviewLink.objects.count() == 1
    assert path_of(first.body).rpartition("/")[2] not in str(IdempotencyKey.objects.get().answer)
    other = alice.post(links_of(draft), {"expires_in": 60}, Idempotency_Key="once")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_a_link_reads_and_does_nothing_else(charlie: Caller, link: dict[str, Any]) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert charlie.call(method, path_of(link), {}).status in {404, 405}


def test_a_token_is_long_kept_as_a_digest_and_in_no_log(link: dict[str, Any]) -> None:
    token = path_of(link).rpartition("/")[2]
    assert len(token) >= 43
    kept = PreviewLink.objects.values_list().get()
    assert token not in map(str, kept)
    assert redact(f"GET /api/{path_of(link)}") == f"GET /api/v2/previews/{REDACTED}"


def test_what_is_rejected_stays_hidden(alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
    failed = neighbours.has_asset(alice, "failed")
    post = alice.writes("Other", images=[{"media": str(failed)}])
    assert post["images"][0]["reason"] == "failed"
    link = alice.post(links_of(post), {}).body
    assert charlie.get(path_of(link)).body["images"] == []


def test_the_author_lists_links_and_ends_one(alice: Caller, charlie: Caller, draft: Any, link: Any) -> None:
    other = alice.post(links_of(draft), {}).body
    listed = alice.get(links_of(draft)).body["items"]
    assert [set(item) for item in listed] == [{"id", "created_at", "expires_at"}] * 2
    assert alice.delete(f"{links_of(draft)}/{link['id']}").status == 204
    assert charlie.get(path_of(link)).body["code"] == "preview_not_found"
    assert charlie.get(path_of(other)).status == 200
    assert alice.delete(f"{links_of(draft)}/{link['id']}").status == 404


def test_only_who_may_edit_the_post_has_its_links(alice: Caller, bob: Caller, dana: Caller, draft: Any) -> None:
    assert bob.post(links_of(draft), {}).status == bob.get(links_of(draft)).status == 404
    made = dana.post(links_of(draft), {}).body
    other = alice.writes("Other")
    assert alice.delete(f"{links_of(other)}/{made['id']}").status == 404
    assert alice.delete(f"{links_of(draft)}/{made['id']}").status == 204


@pytest.mark.parametrize("expires_in", [59, 30 * 86400 + 1, 0, -1, "soon", None, 10**18])
def test_a_life_is_bounded(alice: Caller, draft: dict[str, Any], expires_in: Any) -> None:
    answer = alice.post(links_of(draft), {"expires_in": expires_in})
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/expires_in")


def test_a_post_has_so_many_links_and_no_more(alice: Caller, draft: dict[str, Any]) -> None:
    for _ in range(50):
        assert alice.post(links_of(draft), {}).status == 201
    assert alice.post(links_of(draft), {}).status == 422
    PreviewLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert alice.post(links_of(draft), {}).status == 201


def test_a_link_ends_by_itself(charlie: Caller, link: dict[str, Any]) -> None:
    PreviewLink.objects.update(expires_at=timezone.now())
    assert charlie.get(path_of(link)).body["code"] == "preview_not_found"


def test_a_link_ends_with_the_post(alice: Caller, charlie: Caller, draft: Any, link: dict[str, Any]) -> None:
    alice.delete("v1/posts/first-light")
    assert charlie.get(path_of(link)).body["code"] == "preview_not_found"


def test_a_link_ends_with_the_suspension_of_its_author_for_good(
    alice: Caller, charlie: Caller, link: dict[str, Any]
) -> None:
    hear("suspended", alice, sequence=5)
    assert charlie.get(path_of(link)).body["code"] == "preview_not_found"
    hear("reactivated", alice, sequence=6)
    assert charlie.get(path_of(link)).body["code"] == "preview_not_found"


@pytest.mark.parametrize("token", ["x", "%00", "a" * 5000, "..", "%F0%9F%99%82"])
def test_made_up_tokens_are_404(charlie: Caller, db: None, token: str) -> None:
    assert charlie.get(f"v2/previews/{token}").status == 404


def loses_roles(who: Caller, *roles: str, sequence: int) -> None:
    event = example("auth.role.changed.v1")
    data = event.data | {"user_id": str(who.id), "roles": list(roles)}
    deliver(event_service(), replace(event, id=uuid7(), sequence=sequence, partition_key=str(who.id), data=data))


def test_a_link_of_an_editor_ends_when_they_are_none_any_more(
    charlie: Caller, dana: Caller, draft: dict[str, Any], link: dict[str, Any]
) -> None:
    theirs = dana.post(links_of(draft), {}).body
    assert charlie.get(path_of(theirs)).status == 200
    loses_roles(dana, "author", sequence=5)
    assert charlie.get(path_of(theirs)).status == 404
    loses_roles(dana, "author", "editor", sequence=6)
    assert charlie.get(path_of(theirs)).status == 404, "for good"
    assert charlie.get(path_of(link)).status == 200


@pytest.mark.parametrize("what", [{"suspended": True}, {"may_write": False}, {"may_edit": False}])
def test_a_link_is_refused_by_what_blog_knows_of_its_maker_though_no_event_ended_it(
    charlie: Caller, dana: Caller, draft: dict[str, Any], what: dict[str, bool]
) -> None:
    """As where the event is late, and the copy was compared with auth meanwhile."""
    theirs = dana.post(links_of(draft), {}).body
    Author.objects.filter(id=dana.id).update(**what)
    assert charlie.get(path_of(theirs)).body["code"] == "preview_not_found"


def test_comparing_with_auth_tells_of_roles_that_no_event_told_of(
    alice: Caller, charlie: Caller, dana: Caller, neighbours: Neighbours
) -> None:
    theirs = dana.post(links_of(alice.writes()), {}).body
    neighbours.has_account(alice)
    dana.roles = ("author",)
    neighbours.has_account(dana, sequence=3)
    authors_reconcile()
    assert charlie.get(path_of(theirs)).status == 404


def test_an_auth_of_the_release_before_tells_of_no_roles_and_none_are_lost(
    alice: Caller, charlie: Caller, dana: Caller, neighbours: Neighbours
) -> None:
    theirs = dana.post(links_of(alice.writes()), {}).body
    neighbours.has_account(alice)
    neighbours.has_account(dana, sequence=3)
    del neighbours.authors["dana"]["roles"]
    authors_reconcile()
    assert charlie.get(path_of(theirs)).status == 200


def test_a_link_of_a_co_author_ends_when_they_leave(alice: Caller, bob: Caller, charlie: Caller, draft: Any) -> None:
    Author.objects.create(id=bob.id, username="bob")
    authors = [{"id": str(alice.id)}, {"id": str(bob.id)}]
    assert alice.patch(f"v2/posts/{draft['id']}", {"authors": authors}, If_Match="*").status == 200
    theirs = bob.post(links_of(draft), {}).body
    assert charlie.get(path_of(theirs)).status == 200
    bob.delete(f"v2/posts/{draft['id']}/authorship")
    assert charlie.get(path_of(theirs)).status == 404
    assert alice.patch(f"v2/posts/{draft['id']}", {"authors": authors}, If_Match="*").status == 200
    assert charlie.get(path_of(theirs)).status == 404, "for good"


def test_links_that_do_not_open_are_not_listed(alice: Caller, dana: Caller, draft: Any, link: Any) -> None:
    dana.post(links_of(draft), {})
    Author.objects.filter(id=dana.id).update(may_edit=False)
    assert [each["id"] for each in alice.get(links_of(draft)).body["items"]] == [link["id"]]


def test_an_editor_whom_blog_does_not_know_for_one_makes_a_link_that_opens(
    charlie: Caller, dana: Caller, draft: dict[str, Any], neighbours: Neighbours
) -> None:
    """As after the upgrade from a release that heard of roles and did not keep who edits."""
    Author.objects.create(id=dana.id, username="dana", roles_sequence=3)
    neighbours.has_account(dana, sequence=3)
    neighbours.away = True
    assert dana.post(links_of(draft), {}).body["code"] == "auth_unavailable"
    neighbours.away = False
    assert charlie.get(path_of(dana.post(links_of(draft), {}).body)).status == 200
