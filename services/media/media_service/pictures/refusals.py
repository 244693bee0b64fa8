"""What the sender of a picture that is not kept is told (shapes.md, "Pictures")."""

from chassis.problems import Problem


def unsupported_media_type(detail: str = "Send a JPEG, PNG, WebP or GIF picture.") -> Problem:
    """415: the content, whatever its name says, is of a type that is not taken."""
    return Problem(415, "unsupported_media_type", detail)


def too_large(detail: str) -> Problem:
    """413: more bytes, pixels or frames than the limits allow."""
    return Problem(413, "too_large", detail)


def image_refused(reason: str) -> Problem:
    """422: a picture of a type that is taken, but not a sound one."""
    return Problem(422, "image_refused", f"The picture was refused: {reason}.")
