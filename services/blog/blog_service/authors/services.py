"""Writes to the read copy of authors: from verified tokens, from auth's events, and by asking auth."""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from chassis.access import table
from chassis.client_credentials import client_credentials
from chassis.internal_client import InternalClient, InternalUnavailable
from chassis.problems import Problem
from chassis.tokens import Claims, TokenRefused
from django.core.cache import cache as shared_cache

from blog_service.authors.models import Author
from blog_service.authors.selectors import author_get, author_known
from blog_service.erased.services import is_erased
from blog_service.settings import settings

USERNAME = r"[A-Za-z0-9_.-]{3,30}"
CALLED_SECONDS = 30


class AuthUnavailable(Problem):
    """503: blog knows too little of an author, and auth does not answer."""

    def __init__(self) -> None:
        super().__init__(503, "auth_unavailable", "Whether there is such an author cannot be told now.")


def author_ensure(claims: Claims) -> Author:
    """The author behind a verified token, known from the token alone if no event has told of them yet.

    Raises TokenRefused for one who was erased.
    """
    author = next(iter(author_known(claims.sub)), None)
    if author is None:
        if is_erased(claims.sub):
            raise TokenRefused("token_revoked")
        author, _ = Author.objects.get_or_create(id=claims.sub, defaults={"username": claims.username})
    return author


def author_ensure_with_roles(claims: Claims) -> Author:
    """Have an author's row, and where no event has told of their roles, what the token says of them."""
    author = author_ensure(claims)
    author_roles_apply(author.id, roles=claims.roles, sequence=0)
    return author


def authors_ensure(ids: Collection[UUID]) -> None:
    """Ask auth about those of these users, at most 100, of whom nothing is known; raises Problem (503)."""
    unknown = set(ids) - set(Author.objects.filter(id__in=ids).values_list("id", flat=True)) if ids else set()
    if unknown:
        _ask({"ids": ",".join(map(str, sorted(unknown)))})


def author_hold(author_id: UUID) -> Collection[str] | None:
    """Let nobody else change the author's row until the transaction ends; gives the newest roles known, if any are."""
    held = Author.objects.filter(id=author_id).select_for_update(no_key=True)
    return next(iter(held.values_list("roles", flat=True)), None)


def author_is_newer(author_id: UUID, sequence: int) -> bool:
    """Whether something newer is known of what an author may do; till the transaction ends nothing else becomes known.

    Nothing newer is known of one unknown here.
    """
    held = Author.objects.filter(id=author_id).select_for_update(no_key=True)
    known = held.values_list("roles_sequence", "suspended_sequence")
    return any(max(sequences) > sequence for sequences in known)


def author_apply(profile: Mapping[str, Any], *, sequence: int) -> None:
    """Take over what auth says of a user (user_id, username, bio, avatar), unless something newer is known already.

    A ``picture_url`` may come along. Nothing is taken over of one who was erased.
    """
    shown = {name: profile[name] for name in ("username", "bio", "avatar")} | {"sequence": sequence}
    shown["picture_url"] = profile.get("picture_url", "")
    _, created = Author.objects.get_or_create(id=UUID(profile["user_id"]), defaults=shown)
    if not created:
        Author.objects.filter(id=UUID(profile["user_id"]), sequence__lt=sequence).update(**shown)
    elif is_erased(UUID(profile["user_id"])):
        Author.objects.filter(id=UUID(profile["user_id"])).delete()


def author_suspend(author_id: UUID, *, sequence: int, suspended: bool) -> None:
    """Take over whether auth has suspended a user, unless something newer is known; nothing for one unknown here."""
    authors = Author.objects.filter(id=author_id, suspended_sequence__lte=sequence)
    authors.update(suspended=suspended, suspended_sequence=sequence)


def author_roles_apply(author_id: UUID, *, roles: Collection[str], sequence: int) -> Collection[str] | None:
    """Take over what these roles let a user do, unless something newer is known, and give the newest roles known.

    Of one unknown here nothing is taken over, and nothing newer known. None where newer roles were taken over before
    they were kept.
    """
    may_write, may_edit = (not table().rules[rule].roles.isdisjoint(roles) for rule in ("write", "edit"))
    authors = Author.objects.filter(id=author_id, roles_sequence__lte=sequence)
    if authors.update(may_write=may_write, may_edit=may_edit, roles=sorted(roles), roles_sequence=sequence):
        return roles
    newer = Author.objects.filter(id=author_id).values_list("roles", flat=True)
    return newer[0] if newer else roles


def authors_compare(ids: Collection[UUID]) -> None:
    """Take over what auth says about these authors now, at most 100; raises InternalUnavailable.

    Auth leaves out whom it has suspended, or has not any more.
    """
    known = dict(Author.objects.filter(id__in=ids).values_list("id", "suspended_sequence"))  # before auth is asked
    answer = _auth().get_json("/internal/authors", {"ids": ",".join(map(str, known))})
    for profile in answer["authors"]:
        _take_over(profile)
        author_suspend(UUID(profile["user_id"]), sequence=profile["sequence"], suspended=False)
        known.pop(UUID(profile["user_id"]), None)
    for author_id, sequence in known.items():
        Author.objects.filter(id=author_id, suspended_sequence=sequence).update(suspended=True)


def author_compare(author_id: UUID) -> None:
    """Compare one author with auth; raises Problem (503)."""
    try:
        authors_compare([author_id])
    except InternalUnavailable as error:
        raise AuthUnavailable from error


def author_find(username: str) -> Author | None:
    """The author of this name, asked of auth if neither event nor token has told of them.

    Also who had it until lately, as long as auth holds it for them. None if auth has none, or has suspended them.

    Raises Problem (503) if blog does not know and auth does not answer.
    """
    if not re.fullmatch(USERNAME, username):
        return None
    author = author_get(username) or _called(username)
    return None if author and author.suspended else author


def author_named(username: str) -> Author | None:
    """Whose posts are asked for by this name: the author's who has it, suspended or not, or had it until lately.

    Raises Problem (503) if blog does not know and auth does not answer.
    """
    return author_get(username) or author_find(username)


def _called(username: str) -> Author | None:
    """Whom auth knows by a name that blog does not; what it said is believed for a while."""
    asked = f"author-called:{username.lower()}"
    told = shared_cache.get(asked)
    if told is None:
        told = next((profile["user_id"] for profile in _ask({"usernames": username})), "")
        shared_cache.set(asked, told, CALLED_SECONDS)
    return Author.objects.filter(id=told).first() if told else None


def _ask(wanted: dict[str, str]) -> list[dict[str, Any]]:
    """What auth knows of these, taken over; raises Problem (503)."""
    try:
        profiles: list[dict[str, Any]] = _auth().get_json("/internal/authors", wanted)["authors"]
    except InternalUnavailable as error:
        raise AuthUnavailable from error
    for profile in profiles:
        _take_over(profile)
    return profiles


def _take_over(profile: Mapping[str, Any]) -> None:
    author_apply(profile, sequence=profile["sequence"])
    if "roles" in profile:  # an auth of the release before does not tell of them
        author_roles_apply(UUID(profile["user_id"]), roles=profile["roles"], sequence=profile["sequence"])


@cache
def _auth() -> InternalClient:
    return InternalClient(settings().auth_url, client_credentials(settings(), "auth"))
