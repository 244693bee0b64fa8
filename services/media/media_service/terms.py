"""How long pictures stay that nobody uses, and what those may be that come in pieces."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Terms:
    """From its last use a picture is ``ready`` for ``unused``, then an ``orphan``, then in the ``trash``, then gone."""

    unused: timedelta
    orphan: timedelta
    trash: timedelta


@dataclass(frozen=True, slots=True)
class UploadBounds:
    """Bytes of one upload, and of all that an owner has; uploads that an owner has open; how long one may take."""

    upload_bytes: int
    quota_bytes: int
    open_uploads: int
    life: timedelta


@dataclass(frozen=True, slots=True)
class DerivedBounds:
    """Bytes of all transformed pictures together, and how many are kept of one picture, and of one owner's."""

    bytes: int
    per_asset: int
    per_owner: int
