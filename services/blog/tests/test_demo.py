"""The demo content."""

import pytest
from blog_service.commands import event_service
from blog_service.demo import loading
from blog_service.settings import BlogSettings
from blog_service.testing import Caller
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import deliver, example, published
from chassis.settings import SettingsError


def test_twelve_posts_by_three_authors_are_there_and_one_is_a_draft(charlie: Caller) -> None:
    assert loading.load() == 12
    posts = charlie.get("v1/posts").body
    assert (posts["count"], posts["results"][0]["slug"]) == (11, "what-a-song-looks-like")
    oldest = posts["results"][-1]
    assert (oldest["id"], oldest["slug"]) == ("01900000-0000-7000-8000-000000000201", "first-light")
    assert oldest["images"][0]["media"] == "01900000-0000-7000-8000-000000000101"
    counts = [charlie.get(f"v1/authors/{name}").body["posts_count"] for name in ("ada", "grace", "linus")]
    assert counts == [4, 4, 3]
    assert all(post["tags"] and post["excerpt"] and post["images"][0]["alt"] for post in posts["results"])


def test_loading_again_changes_nothing(db: None) -> None:
    loading.load()
    before = len(published(DjangoDatabase()))
    assert loading.load() == 0
    assert len(published(DjangoDatabase())) == before


def test_pictures_are_confirmed_when_media_tells_of_them(charlie: Caller) -> None:
    loading.load()
    deliver(event_service(), example("media.asset.ready.v1"))
    states = {post["slug"]: post["images"][0]["state"] for post in charlie.get("v1/posts").body["results"]}
    assert (states.pop("first-light"), set(states.values())) == ("confirmed", {"pending"})


def test_what_a_user_wrote_keeps_its_slug(alice: Caller, charlie: Caller) -> None:
    alice.writes(published=True)
    loading.load()
    assert charlie.get("v1/posts/first-light").body["author"]["username"] == "alice"
    assert charlie.get("v2/posts/01900000-0000-7000-8000-000000000201").body["slug"] == "first-light-2"


def test_production_has_no_demo_content(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    production = BlogSettings.model_construct(environment="production")
    monkeypatch.setattr(loading, "settings", lambda: production)
    with pytest.raises(SettingsError, match="production"):
        loading.load()
