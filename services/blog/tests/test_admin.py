"""The admin: staff come in by auth, and whatever they change is told as if by the API."""

import re
from dataclasses import replace
from functools import partial
from typing import Any, get_args

import pytest
from blog_service.commands import event_service
from blog_service.markdown.budget import Budget
from blog_service.markdown.rendering import render
from blog_service.posts import admin
from blog_service.posts.models import Post, PostImage, PostRevision
from blog_service.settings import settings as blog_settings
from blog_service.testing import Caller, Neighbours
from chassis.django.settings import session_engine
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import deliver, example, published
from chassis.settings import AdminSessions
from chassis.testing import TokenMint
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings
from uuid_utils.compat import uuid7

PASSWORD = "correct horse battery"


def logged_in(person: Caller, neighbours: Neighbours, password: str = PASSWORD) -> Client:
    neighbours.has_password(person, PASSWORD)
    client = Client()
    client.post("/admin/login/", {"username": person.username, "password": password})
    return client


@pytest.fixture
def staff(dana: Caller, neighbours: Neighbours) -> Client:
    """Dana in a browser."""
    return logged_in(dana, neighbours)


@pytest.fixture(params=get_args(AdminSessions))
def kept(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Where log-ins are kept."""
    name: str = request.param
    settings.SESSION_ENGINE = session_engine(blog_settings().model_copy(update={"admin_sessions": name}))
    return name


def test_staff_log_in_with_their_account_of_auth(staff: Client, dana: Caller) -> None:
    assert staff.get("/admin/posts/post/").status_code == 200
    assert not User.objects.get(username=str(dana.id)).has_usable_password()


def test_wherever_log_ins_are_kept_staff_log_out(kept: str, staff: Client) -> None:
    assert staff.get("/admin/posts/post/").status_code == 200
    assert Session.objects.exists() is (kept in {"db", "cached_db"})
    staff.post("/admin/logout/")
    assert staff.get("/admin/posts/post/").status_code == 302


def test_others_are_kept_out(alice: Caller, dana: Caller, neighbours: Neighbours) -> None:
    assert logged_in(alice, neighbours).get("/admin/posts/post/").status_code == 302
    assert logged_in(dana, neighbours, "wrong").get("/admin/posts/post/").status_code == 302
    neighbours.away = True
    assert logged_in(dana, neighbours).get("/admin/posts/post/").status_code == 302


def test_who_tried_too_often_by_auths_count_is_told_when_to_come_back(dana: Caller, neighbours: Neighbours) -> None:
    neighbours.has_password(dana, PASSWORD)
    neighbours.held_back = {"203.0.113.9": "77"}
    form = {"username": dana.username, "password": PASSWORD}
    page = Client(headers={"X-Forwarded-For": "203.0.113.9"}).post("/admin/login/", form)
    assert (page.status_code, page.headers["Retry-After"]) == (429, "77")
    assert b"Too many attempts; try again later." in page.content
    assert Client(headers={"X-Forwarded-For": "203.0.113.8"}).post("/admin/login/", form).status_code == 302


def test_whose_account_asks_for_a_code_types_it_here(dana: Caller, neighbours: Neighbours) -> None:
    neighbours.has_password(dana, PASSWORD)
    neighbours.codes[dana.username] = "123456"
    form = {"username": dana.username, "password": PASSWORD}
    assert b'name="code"' in Client().get("/admin/login/").content
    for typed, status in (({}, 200), ({"code": "000000"}, 200), ({"code": "123456"}, 302)):
        assert Client().post("/admin/login/", form | typed).status_code == status


def test_a_log_in_asks_whose_password_it_is_and_leaves_no_session_of_the_api(
    staff: Client, neighbours: Neighbours
) -> None:
    assert neighbours.calls == ["/internal/credentials"]


def test_editors_edit_posts_and_admins_have_every_power(staff: Client, dana: Caller, neighbours: Neighbours) -> None:
    editor = User.objects.get(username=str(dana.id))
    assert (editor.is_staff, editor.is_superuser) == (True, False)
    assert editor.has_perms(["posts.change_post", "posts.delete_post"])
    assert not editor.has_perm("auth.change_user")
    dana.roles = ("admin",)
    logged_in(dana, neighbours)
    editor.refresh_from_db()
    assert editor.is_superuser


def test_accounts_are_not_changed_here(staff: Client, dana: Caller) -> None:
    User.objects.update(is_superuser=True)
    member = User.objects.get(username=str(dana.id))
    for path in ("auth/user/", f"auth/user/{member.pk}/change/", f"auth/user/{member.pk}/password/", "auth/group/"):
        assert staff.get(f"/admin/{path}").status_code == 404


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("type_name", "data"),
    [
        ("auth.user.suspended.v1", {"roles": ["editor"]}),
        ("auth.role.changed.v1", {"roles": ["author"]}),
        ("auth.user.credentials_changed.v1", {}),
    ],
)
def test_suspension_loss_of_role_and_another_password_end_the_log_in_for_good(
    staff: Client, dana: Caller, neighbours: Neighbours, type_name: str, data: dict[str, Any]
) -> None:
    event = example(type_name)
    told = event.data | {"user_id": str(dana.id), **data}
    deliver(event_service(), replace(event, id=uuid7(), partition_key=str(dana.id), data=told))
    assert staff.get("/admin/posts/post/").status_code == 302
    assert logged_in(dana, neighbours).get("/admin/posts/post/").status_code == 200
    assert staff.get("/admin/posts/post/").status_code == 302, "another log-in wakes no former one"


@pytest.mark.parametrize(
    ("type_name", "data"),
    [("auth.user.suspended.v1", {"roles": ["editor"]}), ("auth.role.changed.v1", {"roles": ["author"]})],
)
def test_an_answer_of_auth_that_is_older_than_an_event_lets_nobody_in(
    dana: Caller, neighbours: Neighbours, type_name: str, data: dict[str, Any]
) -> None:
    dana.writes()
    told = example(type_name).data | {"user_id": str(dana.id), **data}
    event = replace(example(type_name), id=uuid7(), sequence=2, partition_key=str(dana.id), data=told)
    deliver(event_service(), event)
    assert logged_in(dana, neighbours).get("/admin/posts/post/").status_code == 302
    neighbours.accounts[dana.username, PASSWORD]["sequence"] = 3
    form = {"username": dana.username, "password": PASSWORD}
    assert Client().post("/admin/login/", form).status_code == 302, "what is newer lets them in"


def act(staff: Client, action: str) -> None:
    chosen = [str(post_id) for post_id in Post.objects.values_list("id", flat=True)]
    answer = staff.post("/admin/posts/post/", {"action": action, "_selected_action": chosen, "post": "yes"})
    assert answer.status_code == 302


def test_posts_are_published_withdrawn_and_deleted_in_bulk(
    staff: Client, dana: Caller, alice: Caller, charlie: Caller
) -> None:
    for title in ("a", "b"):
        alice.writes(title)
    for action, count in (("publish", 2), ("unpublish", 0)):
        act(staff, action)
        assert charlie.get("v1/posts").body["count"] == count
    act(staff, "delete_selected")
    assert not Post.objects.exists()
    told = [event for event in published(DjangoDatabase()) if event.actor == str(dana.id)]
    assert [event.type.split(".")[2] for event in told] == ["published"] * 2 + ["unpublished"] * 2 + ["deleted"] * 2


def test_what_is_archived_is_left_out_when_posts_are_published_in_bulk(staff: Client, alice: Caller) -> None:
    for title in ("a", "b"):
        alice.writes(title)
    alice.post(f"v2/posts/{Post.objects.get(slug='a').id}/transitions", {"to": "archived"})
    act(staff, "publish")
    assert dict(Post.objects.values_list("slug", "status")) == {"a": "archived", "b": "published"}


def test_a_post_and_its_images_are_changed_as_one(staff: Client, alice: Caller, neighbours: Neighbours) -> None:
    media = [neighbours.has_asset(alice) for _ in range(3)]
    before = alice.writes(images=[{"media": str(asset_id)} for asset_id in media])
    first, second, third = PostImage.objects.all()
    form: dict[str, Any] = {"title": "Dawn", "body": "new", "images-TOTAL_FORMS": 3, "images-INITIAL_FORMS": 3}
    form |= {"revisions-TOTAL_FORMS": 0, "revisions-INITIAL_FORMS": 0}
    for index, (image, position) in enumerate(((first, 5), (second, 1), (third, 0))):
        form[f"images-{index}-id"] = str(image.id)
        form[f"images-{index}-post"] = before["id"]
        form[f"images-{index}-position"] = position
        form[f"images-{index}-caption"] = f"caption {index}"
    form["images-2-DELETE"] = "on"
    page = f"/admin/posts/post/{before['id']}/change/"
    assert staff.get(page).status_code == 200
    assert staff.post(page, form).status_code == 302
    after = alice.get("v1/posts/dawn").body
    assert (after["html"], after["version"]) == ("<p>new</p>", 2)
    assert [(image["id"], image["caption"]) for image in after["images"]] == [
        (before["images"][1]["id"], "caption 1"),
        (before["images"][0]["id"], "caption 0"),
    ]


def test_a_post_is_deleted_by_its_page(staff: Client, alice: Caller) -> None:
    post = alice.writes(published=True)
    assert staff.post(f"/admin/posts/post/{post['id']}/delete/", {"post": "yes"}).status_code == 302
    assert alice.get("v1/posts/first-light").status == 404
    assert alice.get("v1/posts").body["count"] == 0


def test_a_post_begins_with_its_author_not_here(staff: Client) -> None:
    assert staff.get("/admin/posts/post/add/").status_code == 403


def test_page_of_the_admin_loads_its_own_files_alone(staff: Client) -> None:
    for path in ("/admin/login/", "/admin/", "/admin/posts/post/"):
        answer = staff.get(path, follow=True)
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
        assert not re.search(r"<script(?![^>]* src=|[^>]*json)|<style| style=| on[a-z]+=", answer.content.decode()), (
            path
        )


def test_a_body_that_is_too_complex_is_an_error_of_the_form(
    staff: Client, alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = alice.writes()
    monkeypatch.setattr(admin, "render", partial(render, budget=Budget(tokens=2)))
    form = {"title": "Dawn", "body": "new", "images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0}
    form |= {"revisions-TOTAL_FORMS": 0, "revisions-INITIAL_FORMS": 0}
    answer = staff.post(f"/admin/posts/post/{post['id']}/change/", form)
    assert "this text is too complex" in answer.content.decode()
    assert alice.get("v1/posts/first-light").body["body"] == "# md"


def test_staff_read_what_a_post_said_before_and_change_nothing_of_it(staff: Client, alice: Caller) -> None:
    post = alice.writes("First light", body="once")
    alice.patch(f"v1/posts/{post['slug']}", {"body": "again"})
    first = PostRevision.objects.get(number=1)
    assert f"/admin/posts/postrevision/{first.pk}/change/" in staff.get(f"/admin/posts/post/{post['id']}/change/").text
    assert "First light" in staff.get("/admin/posts/postrevision/").text
    page = staff.get(f"/admin/posts/postrevision/{first.pk}/change/").text
    assert "once" in page
    assert "alice" in page
    assert staff.post(f"/admin/posts/postrevision/{first.pk}/change/", {"body": "never"}).status_code == 403
    assert staff.post(f"/admin/posts/postrevision/{first.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.get("/admin/posts/postrevision/add/").status_code == 403
    assert PostRevision.objects.count() == 2
    assert staff.post(f"/admin/posts/post/{post['id']}/delete/", {"post": "yes"}).status_code == 302
    assert not Post.objects.exists()


def test_moderators_read_no_drafts_in_revisions(alice: Caller, mint: TokenMint, neighbours: Neighbours) -> None:
    alice.patch(f"v1/posts/{alice.writes()['slug']}", {"body": "again"})
    moderator = logged_in(Caller("mo", mint, roles=("moderator",)), neighbours)
    assert moderator.get("/admin/posts/postrevision/").status_code == 403
