"""Pictures whose EXIF says that they lie on their side are encoded anew the right way up."""

from typing import IO, Any

from media_service.pictures.vips import GValue, Target, open_picture

SIDEWAYS = range(5, 9)  # EXIF orientations that swap width and height

SAVED_AS: dict[str, tuple[str, dict[str, Any]]] = {
    "image/jpeg": (".jpg", {"Q": 92}),
    "image/png": (".png", {}),
    "image/webp": (".webp", {"Q": 92}),
}


def turn(file: IO[bytes], mime: str, orientation: int, into: IO[bytes], *, strict: bool = True) -> None:
    """Write the picture upright, with its colour profile; raises vips.Error where it is damaged."""
    image = open_picture(file, mime, sequential=False, strict=strict).copy()  # a turn reads from the last column on
    image.set_type(GValue.gint_type, "orientation", orientation)
    suffix, options = SAVED_AS[mime]
    if image.get_typeof("jpeg-chroma-subsample") and image.get("jpeg-chroma-subsample") == "4:2:0":
        options = options | {"subsample_mode": "on"}
    image.autorot().write_to_target(Target.new_to_descriptor(into.fileno()), suffix, keep="icc", **options)
