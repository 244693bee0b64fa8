"""Reactions to what happens to accounts, whichever rooms they touch."""

from uuid import UUID

from chassis.events.envelope import Event

from blog_service.authors.services import author_apply, author_roles_apply, author_suspend
from blog_service.posts.models import Post
from blog_service.posts.services.previews import previews_end, previews_end_unentitled
from blog_service.posts.services.settling import posts_settle
from blog_service.posts.services.shown import shown_changed
from blog_service.staff.services import staff_change, staff_leave, staff_log_out
from blog_service.webhooks.services.webhooks import webhooks_follow_roles


def author_upsert_on_user_registered(event: Event) -> None:
    author_apply(event.data, sequence=event.sequence)


def author_upsert_on_profile_updated(event: Event) -> None:
    author_apply(event.data, sequence=event.sequence)
    shown_changed(UUID(event.data["user_id"]))


def author_suspend_on_user_suspended(event: Event) -> None:
    author_id = UUID(event.data["user_id"])
    author_suspend(author_id, sequence=event.sequence, suspended=True)
    shown_changed(author_id)
    previews_end(author_id)
    staff_leave(author_id)


def staff_log_out_on_credentials_changed(event: Event) -> None:
    staff_log_out(UUID(event.data["user_id"]))


def posts_settle_on_user_reactivated(event: Event) -> None:
    author_id = UUID(event.data["user_id"])
    author_suspend(author_id, sequence=event.sequence, suspended=False)
    shown_changed(author_id)
    posts_settle(Post.objects.filter(author_id=author_id))


def author_and_staff_change_on_role_changed(event: Event) -> None:
    """Also where a comparison with auth knew of the roles first: it takes them over, and this does what follows."""
    user_id = UUID(event.data["user_id"])
    roles = author_roles_apply(user_id, roles=event.data["roles"], sequence=event.sequence)
    if roles is None:
        return
    staff_change(user_id, roles=roles)
    previews_end_unentitled(user_id)
    webhooks_follow_roles(user_id, roles=roles)
    posts_settle(Post.objects.filter(author_id=user_id))
