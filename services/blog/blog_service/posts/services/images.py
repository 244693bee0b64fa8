"""The images of a post, written as one set."""

from collections.abc import Collection
from typing import NotRequired, TypedDict
from uuid import UUID

from chassis.problems import FieldError, invalid_fields

from blog_service.media_refs.models import Asset
from blog_service.posts.models import Post, PostImage, image_state

ImageTexts = tuple[tuple[UUID, str, str], ...]
"""The images of a post in their order, each as (asset, caption, alt)."""


class ImageFields(TypedDict):
    """An image as a writer gives it; a text left out stays what it was."""

    media: UUID
    caption: NotRequired[str]
    alt: NotRequired[str]


def images_replace(post: Post, wanted: list[ImageFields]) -> ImageTexts:
    """Make ``wanted`` the images of the post, in this order. A picture that stays keeps its image's id.

    Gives what they are now. Raises Problem (400) for pictures that are unknown, somebody else's or named twice.
    """
    present = {image.asset_id: image for image in PostImage.objects.filter(post_id=post.id)}
    _refuse_strange(post, wanted, known=set(present))
    PostImage.objects.filter(post_id=post.id).exclude(asset_id__in=[image["media"] for image in wanted]).delete()
    rows = [_row(post, position, image, present) for position, image in enumerate(wanted)]
    PostImage.objects.bulk_create([row for row in rows if row.asset_id not in present])
    PostImage.objects.bulk_update([row for row in rows if row.asset_id in present], ["caption", "alt", "position"])
    return tuple((row.asset_id, row.caption, row.alt) for row in rows)


def images_pending(post: Post, media_ids: Collection[UUID]) -> bool:
    """Whether one of these pictures of the post is not yet known to be good.

    Locks the pictures: what is decided from the answer must be saved before an event about one of them is applied.
    """
    assets = Asset.objects.filter(id__in=media_ids).order_by("id")
    return any(
        image_state(owner_id=asset.owner_id, status=asset.status, author_id=post.author_id) == PostImage.State.PENDING
        for asset in assets.select_for_update(no_key=True)
    )


def _row(post: Post, position: int, image: ImageFields, present: dict[UUID, PostImage]) -> PostImage:
    row = present.get(image["media"]) or PostImage(post=post, asset_id=image["media"])
    row.position = position
    row.caption = image.get("caption", row.caption)
    row.alt = image.get("alt", row.alt)
    return row


def _refuse_strange(post: Post, wanted: list[ImageFields], *, known: set[UUID]) -> None:
    assets = Asset.objects.in_bulk([image["media"] for image in wanted])
    seen: set[UUID] = set()
    errors = []
    for index, image in enumerate(wanted):
        media = image["media"]
        if media not in known and not _may_join(assets.get(media), post):
            errors.append(FieldError(f"/images/{index}/media", "unknown", "There is no such picture of the author."))
        elif media in seen:
            errors.append(FieldError(f"/images/{index}/media", "twice", "This picture is named twice."))
        seen.add(media)
    if errors:
        raise invalid_fields(errors)


def _may_join(asset: Asset | None, post: Post) -> bool:
    """Whether the picture is the author's, or media could not yet be asked whose it is."""
    if asset is None or asset.status == Asset.Status.REMOVED:
        return False
    unheard = asset.owner_id is None and asset.status == Asset.Status.PROCESSING
    return unheard or asset.owner_id == post.author_id
