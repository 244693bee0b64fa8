"""Read copies find out what no event told: they are compared with their owners, a page at a time."""

import pytest
from blog_service.authors import tasks as authors
from blog_service.authors.models import Author
from blog_service.media_refs import tasks as media_refs
from blog_service.media_refs.models import Asset
from blog_service.posts.tasks import media_refs_refresh_stuck
from blog_service.testing import SIZE, Caller, Neighbours
from chassis.django import reconciliation
from chassis.events.databases.django_app.models import Walk
from chassis.internal_client import InternalUnavailable
from uuid_utils.compat import uuid7

POST = "v1/posts/first-light"


def test_a_picture_that_media_has_no_more_is_removed(alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    alice.writes(images=[{"media": str(media)}], published=True)
    del neighbours.assets[str(media)]
    media_refs.media_refs_reconcile()
    assert charlie.get(POST).body["images"] == []


def test_a_post_stops_waiting_for_a_picture_that_media_has_no_more(
    alice: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    media = neighbours.has_asset(alice, "processing", sequence=1)
    alice.writes(images=[{"media": str(media)}], published=True)
    del neighbours.assets[str(media)]
    media_refs.media_refs_reconcile()
    media_refs_refresh_stuck()
    assert charlie.get(POST).status == 200


def test_a_picture_that_media_has_again_is_shown_again(alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    alice.writes(images=[{"media": str(media)}], published=True)
    told = neighbours.assets.pop(str(media))
    media_refs.media_refs_reconcile()
    neighbours.assets[str(media)] = told
    media_refs.media_refs_reconcile()
    assert charlie.get(POST).body["images"][0]["state"] == "confirmed"


def test_a_picture_that_was_known_before_its_size_was_kept_gets_it(alice: Caller, neighbours: Neighbours) -> None:
    alice.writes(images=[{"media": str(neighbours.has_asset(alice))}])
    Asset.objects.update(width=None, height=None)
    media_refs.media_refs_reconcile()
    assert Asset.objects.values("width", "height").get() == SIZE


def test_each_run_goes_on_where_the_last_one_ended(
    db: None, neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_refs, "PAGE", 2)
    monkeypatch.setattr(reconciliation, "PAGES", 1)
    Asset.objects.bulk_create(Asset(id=uuid7()) for _ in range(5))
    left = []
    for _ in range(3):
        media_refs.media_refs_reconcile()
        left.append(Asset.objects.exclude(status=Asset.Status.REMOVED).count())
    assert left == [3, 1, 0]
    Asset.objects.update(status=Asset.Status.READY)
    media_refs.media_refs_reconcile()  # from the beginning again
    assert Asset.objects.filter(status=Asset.Status.REMOVED).count() == 2


def test_a_page_that_could_not_be_compared_comes_again(db: None, neighbours: Neighbours) -> None:
    Asset.objects.create(id=uuid7(), status=Asset.Status.READY)
    neighbours.away = True
    with pytest.raises(InternalUnavailable):
        media_refs.media_refs_reconcile()
    assert Asset.objects.get().status == Asset.Status.READY
    assert Walk.objects.get().after.int == 0


def test_an_author_takes_what_auth_shows_now(alice: Caller, neighbours: Neighbours) -> None:
    alice.writes()
    neighbours.has_account(alice, "Walks.", sequence=4)
    authors.authors_reconcile()
    assert alice.get(POST).body["author"]["bio"] == "Walks."


def test_an_author_whom_auth_leaves_out_is_suspended_until_auth_has_them_again(
    alice: Caller, neighbours: Neighbours
) -> None:
    alice.writes()
    authors.authors_reconcile()
    assert Author.objects.get().suspended
    neighbours.has_account(alice, sequence=0)
    authors.authors_reconcile()
    assert not Author.objects.get().suspended
