"""Somebody leaves traces in every corner, and is erased: no database, queue, cache, store or log has one any more."""

from collections.abc import Callable
from uuid import UUID

import pyotp
from chassis.testing.local_server import local_server

from tests.support.api import PASSWORD, Json, Visitor, expect, json_of
from tests.support.erasure import erase
from tests.support.photographs import photograph
from tests.support.platform import Platform
from tests.support.traces import files, traces
from tests.support.waiting import eventually

A_DAY_LATER = 26
"""Hours: more than the tokens live that live longest, whose end is told of until then."""
NOT_TO_BE_SEEN = {
    "auth.users_addressclaim": "a keyed hash",
    "auth.django_session": "encoded",
    "blog.django_session": "encoded",
    "auth.chassis_events_walk": "where a job is, which may be anywhere",
    "blog.chassis_events_walk": "where a job is, which may be anywhere",
    "auth.mails_mailrequest": "until the next job, which comes at once",
    "blog.sent_pictures_sentpicture": "until a post shows the picture, which it does at once",
    "blog.search_words": "none on PostgreSQL",
}
"""Tables of which rows are erased, and why the scanner cannot be asked to see one; the services' own tests do."""
STAFF_OF_AUTH = """
from django.contrib.admin.models import CHANGE, LogEntry
from auth_service.moderation.services import user_powers_change
from auth_service.users.models import User
zoe, bob = (User.objects.get(id=user_id) for user_id in ({zoe!r}, {bob!r}))
for each, actor in ((zoe, bob), (bob, zoe)):
    user_powers_change(each.id, is_staff=True, is_superuser=False, actor=actor.id)
    LogEntry.objects.log_actions(actor.id, [each], CHANGE, change_message=zoe.username)
    user_powers_change(each.id, is_staff=False, is_superuser=False, actor=actor.id)
"""
STAFF_OF_BLOG = """
from uuid import UUID
from django.contrib.admin.models import CHANGE, LogEntry
from blog_service.posts.models import Post
from blog_service.staff.services import staff_enter
from blog_service.transfer.models import ImportedPost
staff = staff_enter(UUID({zoe!r}), username={username!r}, roles=["editor"], sequence=1_000_000)
LogEntry.objects.log_actions(staff.pk, [staff], CHANGE, change_message={username!r})
ImportedPost.objects.create(author_id={zoe!r}, source="folder", key={username!r}, post=Post.objects.get(id={post!r}))
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
    own_platform: Platform, base_url: str, alice: Visitor, bob: Visitor
) -> None:
    before = files(own_platform)
    with Visitor(base_url) as zoe:
        zoe.register("zoe")
        former = zoe.username
        renamed = {"current_password": PASSWORD, "new_username": f"{former}-again"}
        expect(zoe.http.post("/api/v1/auth/users/set_username", json=renamed), 204)
        zoe.username = renamed["new_username"]
        me = json_of(zoe.http.get("/api/v2/me"), 200)
        names = [former, me["email"], me["id"], UUID(me["id"]).hex]
        _write(own_platform, zoe, alice, bob)
        _show_pictures(zoe)
        _change_the_account(zoe, bob, me)
        _be_staff(own_platform, zoe, bob)
        _until_none(lambda: _blind_spots(own_platform, names))
        assert len(files(own_platform) - before) >= 5, "originals, renditions, derived pictures, pieces, an archive"
        receipt = json_of(zoe.http.post("/api/v2/me/deletion", json={"password": PASSWORD}), 202)["receipt_url"]
    erase(own_platform, zoe.username, receipt)

    def left() -> set[str]:
        """What is published and quiet is forgotten; some of it is still on its way."""
        found = traces(own_platform, names, after_hours=A_DAY_LATER).found
        return {*found, *map(str, files(own_platform) - before)}

    _until_none(left)


def _until_none(look: Callable[[], set[str]]) -> None:
    """Look until there is nothing; shows what there was where that takes too long."""
    seen: set[str] = set()

    def is_none() -> bool:
        seen.clear()
        seen.update(look())
        return not seen

    try:
        eventually(is_none, seconds=120, every=1)
    except AssertionError:
        raise AssertionError("\n".join(sorted(seen)[:40])) from None


def _blind_spots(platform: Platform, names: list[str]) -> set[str]:
    """Where the scanner does not see what is there, and so would find nothing later."""
    seen = traces(platform, names)
    corners = {"dead letters of blog.auth-events", "dead letters of media.auth-events", "auth.outbox_event"}
    blind = (corners | seen.erased) - NOT_TO_BE_SEEN.keys() - seen.places
    has_cache = platform.settings["MODE"] == "servers"
    return blind | {"no cache is read"} if has_cache and not seen.cached else blind


def _write(platform: Platform, zoe: Visitor, alice: Visitor, bob: Visitor) -> None:
    """Posts, what was said, followed and liked, and who was told of it, by hand and by a program."""
    expect(zoe.http.post(f"/api/v1/authors/{alice.username}/follow"), 200)
    expect(bob.http.post(f"/api/v1/authors/{zoe.username}/follow"), 200)
    with local_server() as receiver, zoe.program(zoe.make_token("posts", "media")["token"]) as program:
        heard_of = ((zoe, "blog.post.published.v1"), (alice, "blog.comment.created.v1"), (bob, "blog.post.updated.v1"))
        for who, told in heard_of:
            heard = {"url": f"{receiver.url}/{who.username}", "events": [told]}
            expect(who.http.post("/api/v2/webhooks", json=heard), 201)
        once = {"Idempotency-Key": zoe.username}
        file = {"file": ("photograph.jpg", photograph(400, 300, seed=zoe.username))}
        picture = json_of(program.http.post("/api/v1/media", files=file, headers=once), 201)
        asked = {"title": f"By {zoe.username}", "body": zoe.username, "images": [{"media": picture["id"]}]}
        own = json_of(program.http.post("/api/v1/posts", json=asked | {"tags": [zoe.username]}, headers=once), 201)
        zoe.publish(own["slug"])
        theirs = alice.publish(alice.create_post(title="Read by many")["slug"])
        comments = f"/api/v1/posts/{theirs['slug']}/comments"
        said = json_of(zoe.http.post(comments, json={"body": f"So says {zoe.username}"}), 201)
        answered = json_of(bob.http.post(comments, json={"body": "Who?", "parent": said["id"]}), 201)
        eventually(lambda: len(receiver.requests) >= 2, seconds=60)
    expect(zoe.http.patch(f"/api/v1/posts/{own['slug']}", json={"body": f"{zoe.username} again"}), 200)
    expect(zoe.http.post(f"/api/v2/posts/{own['id']}/preview-links", json={"expires_in": 3600}), 201)
    token = {"name": zoe.username, "scopes": ["posts"]}
    expect(zoe.http.post("/api/v2/me/tokens", json=token, headers=once), 201)
    expect(zoe.http.post(f"/api/v1/posts/{theirs['slug']}/favourite"), 200)
    shared = bob.create_post(title="By two")
    authors = {"authors": [{"id": _id(bob)}, {"id": _id(zoe)}]}
    expect(bob.http.patch(f"/api/v2/posts/{shared['id']}", json=authors, headers={"If-Match": "*"}), 200)
    expect(zoe.http.put(f"/api/v2/posts/{shared['id']}/authorship"), 204)
    expect(bob.http.post(f"/api/v1/comments/{said['id']}/report", json={"reason": "unclear"}), 202)
    expect(zoe.http.post(f"/api/v1/comments/{answered['id']}/report", json={"reason": zoe.username}), 202)
    decided = json_of(bob.http.post(f"/api/v1/posts/{own['slug']}/comments", json={"body": "Who else?"}), 201)
    expect(zoe.http.post(f"/api/v1/comments/{decided['id']}/hold"), 200)
    expect(bob.http.get(f"/api/v1/posts?author={zoe.username}"), 200)
    as_staff = STAFF_OF_BLOG.format(zoe=_id(zoe), username=zoe.username, post=own["id"])
    for service, more in (("blog", as_staff), ("media", "")):
        platform.shell(service, more + NO_EVENT.format(service=service, user_id=_id(zoe)))


def _show_pictures(zoe: Visitor) -> None:
    """A private picture by a link that ends and after operations, an avatar, and a picture on its way."""
    private = json_of(zoe.upload(photograph(400, 300, seed=f"{zoe.username}, private")), 201)
    seen = {"visibility": "private", "alt": zoe.username}
    asset = f"/api/v2/assets/{private['id']}"
    tag = expect(zoe.http.get(asset), 200).headers["ETag"]
    expect(zoe.http.patch(asset, json=seen, headers={"If-Match": tag}), 200)
    link = json_of(zoe.http.post(f"{asset}/links", json={"expires_in": 3600, "preset": "thumb"}), 201)
    zoe.wait_for_picture(link["url"])
    drawn = {"operations": "resize:fill:80:60", "format": "webp", "expires_in": 3600}
    zoe.wait_for_picture(json_of(zoe.http.post(f"{asset}/transforms", json=drawn), 201)["url"])
    avatar = json_of(zoe.upload(photograph(400, 300, seed=f"{zoe.username}, avatar")), 201)
    zoe.wait_for_picture(avatar["urls"]["thumb"])
    profile = {"bio": f"I am {zoe.username}", "avatar": avatar["id"]}
    expect(zoe.http.patch("/api/v1/auth/users/me", json={"profile": profile}), 200)
    tus = {"Tus-Resumable": "1.0.0"}
    begun = expect(zoe.http.post("/api/v2/uploads", headers=tus | {"Upload-Length": "100"}), 201).headers["Location"]
    piece = tus | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    expect(zoe.http.patch(begun, headers=piece, content=zoe.username.encode()), 204)


def _change_the_account(zoe: Visitor, bob: Visitor, me: Json) -> None:
    """Mails, a second factor, an address that others want as well, a log-in of another dialect, an archive."""
    secret = json_of(zoe.http.post("/api/v2/me/totp"), 201)["secret"]
    expect(zoe.http.post("/api/v2/me/totp/confirm", json={"code": pyotp.TOTP(secret).now()}), 200)
    elsewhere = {"current_password": PASSWORD, "new_email": f"{zoe.username}@elsewhere.example"}
    expect(zoe.http.post("/api/v1/auth/users/set_email", json=elsewhere), 202)
    expect(bob.http.post("/api/v1/auth/users/set_email", json=elsewhere | {"new_email": me["email"]}), 202)
    expect(bob.http.post("/api/v1/auth/users/reset_password", json={"email": me["email"]}), 204)
    wrong = {"login": zoe.username, "password": "not the password"}
    expect(bob.http.post("/api/v1/auth/jwt/create", json=wrong), 401)
    zoe.wait_for_export(json_of(zoe.http.post("/api/v2/me/exports"), 202)["id"])


def _be_staff(platform: Platform, zoe: Visitor, bob: Visitor) -> None:
    """What the admin shows: what was done to the account there, and what its owner did."""
    platform.shell("auth", STAFF_OF_AUTH.format(zoe=_id(zoe), bob=_id(bob)))


def _id(visitor: Visitor) -> str:
    return str(json_of(visitor.http.get("/api/v2/me"), 200)["id"])
