"""An avatar is a ready picture of the user, and goes when the picture goes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from auth_service.audit.models import AuditEntry
from auth_service.avatars import tasks
from auth_service.commands import event_service
from auth_service.testing import Caller, Media
from auth_service.users.models import Profile, User
from chassis.events.databases.django import DjangoDatabase
from chassis.events.envelope import Event
from chassis.events.testing import deliver, example, published
from chassis.internal_client import InternalUnavailable
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

ME = "/api/v1/auth/users/me"
AN_HOUR_AGO = timezone.now() - timedelta(hours=1)


def choose(who: Caller, picture: UUID | None) -> Any:
    return who.patch(ME, {"profile": {"avatar": picture and str(picture)}})


def removed(picture: UUID, owner: Caller) -> Event:
    event = example("media.asset.removed.v1")
    data = event.data | {"asset_id": str(picture), "owner_id": str(owner.id)}
    return replace(event, id=uuid7(), partition_key=str(picture), data=data)


def test_a_picture_nobody_has_is_no_avatar(alice: Caller, media: Media) -> None:
    answer = choose(alice, uuid7())
    assert (answer.status, answer.body) == (400, {"profile": {"avatar": ["There is no such picture of yours."]}})
    assert Profile.objects.get().avatar is None


def test_a_picture_of_somebody_else_is_no_avatar(alice: Caller, bob: Caller, media: Media) -> None:
    answer = choose(alice, media.has(bob))
    assert (answer.status, answer.body) == (400, {"profile": {"avatar": ["There is no such picture of yours."]}})


@pytest.mark.parametrize(("status", "code"), [("processing", "not_ready"), ("failed", "failed")])
def test_a_picture_that_is_not_ready_is_no_avatar(alice: Caller, media: Media, status: str, code: str) -> None:
    change = {"profile": {"avatar": str(media.has(alice, status))}}
    answer = alice.patch("/api/v2/me", change, If_Match="*")
    assert answer.status == 422
    assert [(error["pointer"], error["code"]) for error in answer.body["errors"]] == [("/profile/avatar", code)]


def test_while_media_is_away_nobody_can_tell(alice: Caller, media: Media) -> None:
    media.away = True
    answer = choose(alice, uuid7())
    assert (answer.status, answer.body["code"]) == (503, "media_unavailable")
    assert answer.headers["Retry-After"]
    assert alice.patch(ME, {"profile": {"bio": "Writes.", "avatar": None}}).status == 200


def test_a_removed_picture_is_no_avatar_any_more_and_others_hear_of_it(alice: Caller, media: Media) -> None:
    picture = media.has(alice)
    choose(alice, picture)
    deliver(event_service(), removed(picture, alice))
    assert alice.get(ME).body["profile"]["avatar"] is None
    told = published(DjangoDatabase())[-1]
    assert (told.type, told.data["avatar"]) == ("auth.profile.updated.v1", None)
    assert told.sequence == User.objects.get().version


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ({"cause": "deleted", "uses": 2}, "picture.deleted"),
        ({"cause": "taken_down", "uses": 0}, "picture.taken_down"),
        ({"cause": "deleted", "uses": 0}, None),
        ({"cause": "unused", "uses": 0}, None),
        ({"cause": None, "uses": 0}, None),
    ],
)
def test_the_log_has_used_pictures_that_are_deleted_and_those_that_staff_takes_down(
    alice: Caller, media: Media, said: dict[str, Any], action: str | None
) -> None:
    picture = uuid7()
    event, session_id = removed(picture, alice), uuid7()
    told = event.data | said | {"session_id": str(session_id)}
    deliver(event_service(), replace(event, data=told, actor=str(alice.id), time=AN_HOUR_AGO))
    newest = alice.get("/api/v2/me/audit").body["items"][0]
    assert newest["action"] == (action or "session.opened")
    if action:
        assert newest["detail"] == {"asset_id": str(picture), "uses": said["uses"]}
        entry = AuditEntry.objects.get(action=action)
        assert (entry.at, entry.session_id) == (AN_HOUR_AGO, session_id)


def test_the_log_of_nobody_is_not_written(db: None) -> None:
    event = example("media.asset.removed.v1")
    deliver(event_service(), replace(event, data=event.data | {"cause": "taken_down", "uses": 1}))
    assert AuditEntry.objects.count() == 0


def test_another_picture_that_is_removed_changes_nothing(alice: Caller, media: Media) -> None:
    picture = media.has(alice)
    choose(alice, picture)
    before = published(DjangoDatabase())
    deliver(event_service(), removed(uuid7(), alice))
    assert Profile.objects.get().avatar == picture
    assert published(DjangoDatabase()) == before


def test_the_committed_example_is_understood(db: None) -> None:
    deliver(event_service(), example("media.asset.removed.v1"))


def test_what_no_event_told_is_found_by_comparing(alice: Caller, bob: Caller, media: Media) -> None:
    kept, lost = media.has(alice), media.has(bob)
    choose(alice, kept)
    choose(bob, lost)
    del media.pictures[lost]
    tasks.avatars_reconcile()
    avatars = Profile.objects.order_by("user__username").values_list("avatar", flat=True)
    assert list(avatars) == [kept, None]


def test_what_cannot_be_compared_stays(alice: Caller, media: Media) -> None:
    picture = media.has(alice)
    choose(alice, picture)
    media.away = True
    with pytest.raises(InternalUnavailable):
        tasks.avatars_reconcile()
    assert Profile.objects.get().avatar == picture


def test_staff_give_nobody_a_picture_that_is_not_theirs(alice: Caller, bob: Caller, media: Media) -> None:
    dana = Client()
    dana.force_login(User.objects.create_superuser(email="dana@example.org", username="dana", password=None))
    page = f"/admin/users/profile/{alice.id}/change/"
    answer = dana.post(page, {"bio": "", "avatar": str(media.has(bob)), "locale": "en"})
    assert "There is no such picture of yours." in answer.content.decode()
    assert dana.post(page, {"bio": "", "avatar": str(media.has(alice)), "locale": "en"}).status_code == 302
