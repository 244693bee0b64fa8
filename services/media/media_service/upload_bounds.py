"""What uploads may take."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class UploadBounds:
    """Bytes of one upload, and of all that an owner has; uploads that an owner has open; how long one may take."""

    upload_bytes: int
    quota_bytes: int
    open_uploads: int
    life: timedelta
