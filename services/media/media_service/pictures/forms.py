"""The forms that pictures are drawn in, by their media types."""

WEBP, AVIF, JPEG = "image/webp", "image/avif", "image/jpeg"
BY_EXTENSION = {"webp": WEBP, "avif": AVIF, "jpg": JPEG}
