"""What a post that is to be published still waits for, as both versions show it."""

from uuid import UUID

from msgspec import UNSET, UnsetType

from blog_service.posts.models import PostImage
from blog_service.posts.selectors import ImageRow


def images_waited_for(publish_requested: bool, images: list[ImageRow]) -> list[UUID] | UnsetType:
    """The ids of images that are not confirmed; UNSET for a post that waits for nothing."""
    pending = [image["id"] for image in images if image["state"] == PostImage.State.PENDING]
    return pending if publish_requested else UNSET
