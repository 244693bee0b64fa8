"""The images of a post, written as one set."""

from collections.abc import Callable, Collection, Mapping
from typing import NotRequired, TypedDict
from uuid import UUID

from chassis.problems import FieldError, invalid_fields

from blog_service.media_refs.models import Asset
from blog_service.posts.models import Post, PostImage, image_state
from blog_service.sent_pictures.services import pictures_claim

ImageTexts = tuple[tuple[UUID, str, str], ...]
"""The images of a post in their order, each as (asset, caption, alt)."""


class ImageFields(TypedDict):
    """An image as a writer gives it: a picture, or by its ``id`` an image that is there. A text left out stays."""

    media: NotRequired[UUID]
    id: NotRequired[UUID]
    caption: NotRequired[str]
    alt: NotRequired[str]


ImagesEdit = Callable[[list[UUID]], list[ImageFields]]
"""From the ids of the images that a post has, in their order, to the images that it is to have."""


def images_edit(post: Post, edit: ImagesEdit) -> ImageTexts:
    """Replace the images by what ``edit`` makes of them; raises as ``images_replace``."""
    return images_replace(post, edit(list(post.images.order_by("position").values_list("id", flat=True))))


def images_replace(post: Post, wanted: list[ImageFields]) -> ImageTexts:
    """Make ``wanted`` the images of the post, in this order. A picture that stays keeps its image's id.

    Gives what they are now. Raises Problem (400) for pictures that are unknown, somebody else's or named twice.
    """
    present = {image.asset_id: image for image in PostImage.objects.filter(post_id=post.id)}
    pictures = _pictures_of(wanted, {image.id: image.asset_id for image in present.values()})
    _refuse_strange(post, wanted, pictures, known=set(present))
    PostImage.objects.filter(post_id=post.id).exclude(asset_id__in=pictures).delete()
    named = zip(pictures, wanted, strict=True)
    rows = [_row(post, position, media, image, present) for position, (media, image) in enumerate(named)]
    PostImage.objects.bulk_create([row for row in rows if row.asset_id not in present])
    PostImage.objects.bulk_update([row for row in rows if row.asset_id in present], ["caption", "alt", "position"])
    return tuple((row.asset_id, row.caption, row.alt) for row in rows)


def images_pending(post: Post, media_ids: Collection[UUID]) -> bool:
    """Whether one of these pictures of the post is not yet known to be good.

    Locks the pictures: what is decided from the answer must be saved before an event about one of them is applied.
    """
    if not media_ids:  # for most posts: Django would make a query only to find that it need not ask
        return False
    assets = Asset.objects.filter(id__in=media_ids).order_by("id")
    return any(
        image_state(owner_id=asset.owner_id, status=asset.status, author_id=post.author_id) == PostImage.State.PENDING
        for asset in assets.select_for_update(no_key=True)
    )


def _pictures_of(wanted: list[ImageFields], present: Mapping[UUID, UUID]) -> list[UUID]:
    """The picture of each image; raises Problem (400) for an id that is no image of the post."""
    errors = [
        FieldError(f"/images/{index}/id", "unknown", "There is no such image of this post.")
        for index, image in enumerate(wanted)
        if "id" in image and image["id"] not in present
    ]
    if errors:
        raise invalid_fields(errors)
    return [present[image["id"]] if "id" in image else image["media"] for image in wanted]


def _row(post: Post, position: int, media: UUID, image: ImageFields, present: dict[UUID, PostImage]) -> PostImage:
    row = present.get(media) or PostImage(post=post, asset_id=media)
    row.position = position
    row.caption = image.get("caption", row.caption)
    row.alt = image.get("alt", row.alt)
    return row


def _refuse_strange(post: Post, wanted: list[ImageFields], pictures: list[UUID], *, known: set[UUID]) -> None:
    new = set(pictures) - known
    assets, given_up = Asset.objects.in_bulk(new), pictures_claim(new) if new else set()
    seen: set[UUID] = set()
    errors = []
    for index, (media, image) in enumerate(zip(pictures, wanted, strict=True)):
        pointer = f"/images/{index}/{'id' if 'id' in image else 'media'}"
        if media in new and (media in given_up or not _may_join(assets.get(media), post)):
            errors.append(FieldError(pointer, "unknown", "There is no such picture of the author."))
        elif media in seen:
            errors.append(FieldError(pointer, "twice", "This picture is named twice."))
        seen.add(media)
    if errors:
        raise invalid_fields(errors)


def _may_join(asset: Asset | None, post: Post) -> bool:
    """Whether the picture is the author's, or media could not yet be asked whose it is."""
    if asset is None or asset.status == Asset.Status.REMOVED:
        return False
    unheard = asset.owner_id is None and asset.status == Asset.Status.PROCESSING
    return unheard or asset.owner_id == post.author_id
