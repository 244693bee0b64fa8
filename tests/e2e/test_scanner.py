"""Somebody leaves traces in every corner, and is erased: no database, queue, cache, store or log has one any more."""

from collections.abc import Callable
from uuid import UUID

from tests.support.api import PASSWORD, Json, Visitor, expect, json_of
from tests.support.photographs import photograph
from tests.support.platform import Platform
from tests.support.traces import traces
from tests.support.waiting import eventually

GRACE_IS_OVER = """
from django.utils import timezone
from auth_service.users.models import User
assert User.objects.filter(username={username!r}).update(deletes_at=timezone.now()) == 1
"""
GO_ON = """
from datetime import timedelta
from django.utils import timezone
from auth_service.erasure import saga
saga.deletions_begin(now=timezone.now())
saga.deletions_continue(now=timezone.now() + timedelta(hours={hours}))
"""
BLOG_GOES_ON = """
from datetime import timedelta
from django.utils import timezone
from blog_service.erasure.services import erasures_run
erasures_run(now=timezone.now() + timedelta(hours={hours}))
"""
MEDIA_GOES_ON = """
from datetime import UTC, datetime, timedelta
from media_service import resources
from media_service.erasure.services import erasures_run
erasures_run(resources.database(), resources.store(), now=datetime.now(UTC) + timedelta(hours={hours}))
"""
NO_EVENT = """
from contextlib import closing
from chassis.events import transports
from chassis.events.transports import Message
from {service}_service.settings import settings
with closing(transports.connect(settings().events_url).publisher()) as publisher:
    body = b"no event, about {user_id}"
    publisher.publish([Message("scanner", "auth.user.registered.v1", "scanner", body)], queue="{service}.auth-events")
"""


def test_no_corner_has_a_trace_of_who_was_erased(
    own_platform: Platform, base_url: str, alice: Visitor, bob: Visitor, stranger: Visitor
) -> None:
    with Visitor(base_url) as zoe:
        zoe.register("zoe")
        me = json_of(zoe.http.get("/api/v2/me"), 200)
        names = [zoe.username, me["email"], me["id"], UUID(me["id"]).hex]
        _leave_traces_everywhere(own_platform, zoe, alice, bob, me)
        places = _places(traces(own_platform, names))
        receipt = json_of(zoe.http.post("/api/v2/me/deletion", json={"password": PASSWORD}), 202)["receipt_url"]
    assert places >= {
        *("auth.users_user", "auth.users_emailchange", "auth.user_sessions_session", "auth.audit_auditentry"),
        *("auth.mails_mail", "auth.exports_export", "auth.outbox_event", "auth.totp_totp"),
        *("blog.authors_author", "blog.posts_post", "blog.posts_postrevision", "blog.comments_comment"),
        *("blog.favourites_favourite", "blog.follows_follow", "blog.home_feed_homefeed"),
        *("media.assets", "media.exports", "dead letters of blog.auth-events"),
    }, places
    own_platform.shell("auth", GRACE_IS_OVER.format(username=zoe.username))
    eventually(_completed(own_platform, stranger, receipt), seconds=180, every=1)

    left: list[str] = []

    def is_clean() -> bool:
        """What is published and quiet is forgotten; some of it is still on its way."""
        for service, go_on in (("blog", BLOG_GOES_ON), ("media", MEDIA_GOES_ON), ("auth", GO_ON)):
            own_platform.shell(service, go_on.format(hours=2))
        left[:] = traces(own_platform, names)
        return not left

    try:
        eventually(is_clean, seconds=180, every=1)
    except AssertionError:
        raise AssertionError("\n".join(sorted(set(left))[:40])) from None


def _leave_traces_everywhere(platform: Platform, zoe: Visitor, alice: Visitor, bob: Visitor, me: Json) -> None:
    picture = json_of(zoe.upload(photograph(seed=zoe.username)), 201)
    tags = [zoe.username]
    own = zoe.create_post(title=f"By {zoe.username}", images=[{"media": picture["id"]}], tags=tags)
    zoe.publish(own["slug"])
    expect(zoe.http.patch(f"/api/v1/posts/{own['slug']}", json={"body": f"{zoe.username} again"}), 200)
    expect(zoe.http.post(f"/api/v2/posts/{own['id']}/preview-links", json={"expires_in": 3600}), 201)
    theirs = alice.publish(alice.create_post(title="Read by many")["slug"])
    expect(zoe.http.post(f"/api/v1/posts/{theirs['slug']}/favourite"), 200)
    expect(zoe.http.post(f"/api/v1/authors/{alice.username}/follow"), 200)
    expect(bob.http.post(f"/api/v1/authors/{zoe.username}/follow"), 200)
    comments = f"/api/v1/posts/{theirs['slug']}/comments"
    said = json_of(zoe.http.post(comments, json={"body": f"So says {zoe.username}"}), 201)
    expect(bob.http.post(comments, json={"body": "Who?", "parent": said["id"]}), 201)
    expect(bob.http.post(f"/api/v1/comments/{said['id']}/report", json={"reason": "unclear"}), 202)

    expect(zoe.http.patch("/api/v1/auth/users/me", json={"profile": {"bio": f"I am {zoe.username}"}}), 200)
    expect(zoe.http.post("/api/v2/me/totp"), 201)
    elsewhere = {"current_password": PASSWORD, "new_email": f"{zoe.username}@elsewhere.example"}
    expect(zoe.http.post("/api/v1/auth/users/set_email", json=elsewhere), 202)
    expect(bob.http.post("/api/v1/auth/users/set_email", json=elsewhere | {"new_email": me["email"]}), 202)
    expect(bob.http.post("/api/v1/auth/users/reset_password", json={"email": me["email"]}), 204)
    wrong = {"login": zoe.username, "password": "not the password"}
    expect(bob.http.post("/api/v1/auth/jwt/create", json=wrong), 401)
    expect(bob.http.get(f"/api/v1/posts?author={zoe.username}"), 200)
    export = json_of(zoe.http.post("/api/v2/me/exports"), 202)
    eventually(lambda: json_of(zoe.http.get(f"/api/v2/me/exports/{export['id']}"), 200)["url"], seconds=120)

    for service in ("blog", "media"):
        platform.shell(service, NO_EVENT.format(service=service, user_id=me["id"]))
    eventually(lambda: any("dead letters" in each for each in traces(platform, [me["id"]])), seconds=60, every=1)


def _places(found: list[str]) -> set[str]:
    return {trace.partition(":")[0] for trace in found}


def _completed(platform: Platform, stranger: Visitor, receipt: str) -> Callable[[], bool]:
    def completed() -> bool:
        platform.shell("auth", GO_ON.format(hours=0))
        return bool(json_of(stranger.http.get(receipt), 200)["completed_at"])

    return completed
