"""Everything about media that a person may set, read from the environment."""

import re
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Self

from chassis.settings import BaseUrl, ClientSettings, FormerSecret, GeneratedSecret, Secret, load
from pydantic import Field, field_validator, model_validator

from media_service.derived_bounds import DerivedBounds
from media_service.pictures.layout import Limits
from media_service.pictures.memory import MEGABYTE
from media_service.presets import PRESETS, presets_of
from media_service.retention_terms import Terms
from media_service.upload_bounds import UploadBounds


class MediaSettings(ClientSettings):
    """MEDIA_… variables beside the shared ones."""

    service: ClassVar[str] = "media"

    database_url: Secret = Field(
        "sqlite:///var/media.sqlite3", description="database: sqlite:///file or postgresql://user:password@host/name"
    )
    host: str = Field("127.0.0.1", description="address the web process listens on; :: takes IPv4 too")
    port: int = Field(8030, ge=1, le=65535, description="port the web process listens on")
    storage_url: str = Field("file://var/media", description="where pictures are kept: file://folder or s3://bucket")
    s3_endpoint_url: BaseUrl | None = Field(None, description="S3-compatible store to use instead of Amazon's")
    s3_region: str = Field("us-east-1", description="region of the bucket")
    s3_access_key_id: str = Field("", description="key of the bucket; empty takes the machine's own role")
    s3_secret_access_key: Secret = Field("", description="secret of that key")
    accel_prefix: str = Field(
        "", description="internal nginx location of the folder of pictures, such as /stored/; empty: media sends them"
    )
    max_upload_bytes: int = Field(50_000_000, ge=1, description="bytes a picture may have")
    max_pixels: int = Field(120_000_000, ge=1, description="pixels one frame of a picture may have")
    max_frames: int = Field(500, ge=1, description="frames an animation may have")
    max_animation_pixels: int = Field(600_000_000, ge=1, description="pixels all frames of an animation may have")
    decode_memory: int = Field(
        512 * MEGABYTE, ge=256 * MEGABYTE, description="bytes that all decoding at once may take in a process"
    )
    presets: str = Field(
        ",".join(f"{name}:{side}" for name, side in PRESETS.items()),
        description="pixels that the longest side of each rendition has at most; after a change: media rerender",
    )
    signing_key: GeneratedSecret = Field(
        "development-media-signing-key-of-no-worth", description="signs addresses of transformed pictures"
    )
    signing_key_fallback: FormerSecret = Field(
        "", description="the former MEDIA_SIGNING_KEY, whose addresses still hold"
    )
    derived_bytes: int = Field(
        5_000_000_000, ge=1_000_000, description="bytes that transformed pictures may take together before some go"
    )
    derived_per_asset: int = Field(100, ge=1, description="transformed pictures that are kept of one picture")
    derived_per_owner: int = Field(5000, ge=1, description="transformed pictures that are kept of one user's pictures")
    quota_bytes: int = Field(10_000_000_000, ge=1, description="bytes the pictures of one user may have together")
    open_uploads: int = Field(20, ge=1, description="uploads in pieces that one user may have open at once")
    upload_hours: float = Field(24, gt=0, le=720, description="hours an upload in pieces may take before it is removed")
    unused_days: float = Field(
        30, gt=0, le=36500, description="days after its last use until a picture counts as an orphan"
    )
    orphan_days: float = Field(30, gt=0, le=36500, description="days an orphan has until it goes to the trash")
    trash_days: float = Field(
        30, gt=0, le=36500, description="days a picture in the trash can be restored until it is gone for good"
    )
    scratch_bytes: int = Field(
        1_000_000_000, ge=1, description="bytes of uploads that may lie on the disk at once while they are checked"
    )
    decode_seconds: int = Field(
        60, ge=1, description="seconds of processor time one picture may take to decode; twice that of waiting"
    )
    decode_unconfined: bool = Field(
        False, description="decode in production also where the kernel cannot filter the system calls of decoders"
    )
    decode_concurrency: int = Field(2, ge=1, description="uploads the web process decodes at once")
    worker_concurrency: int = Field(1, ge=1, description="pictures a worker renders at once")

    @field_validator("database_url")
    @classmethod
    def know_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("storage_url")
    @classmethod
    def know_storage(cls, value: str) -> str:
        scheme, _, rest = value.partition("://")
        if scheme not in {"file", "s3"} or not rest:
            raise ValueError("must be file://folder or s3://bucket")
        return value

    @field_validator("presets")
    @classmethod
    def know_presets(cls, value: str) -> str:
        presets_of(value)
        return value

    @field_validator("accel_prefix")
    @classmethod
    def know_accel_prefix(cls, value: str) -> str:
        if value and not re.fullmatch("/([a-z0-9_-]+/)+", value):
            raise ValueError("must begin and end with a slash, such as /stored/, or be empty")
        return value

    @model_validator(mode="after")
    def refuse_accel_without_files(self) -> Self:
        if self.accel_prefix and not self.storage_url.startswith("file://"):
            raise ValueError("MEDIA_ACCEL_PREFIX needs pictures in a folder: MEDIA_STORAGE_URL=file://…")
        return self

    @model_validator(mode="after")
    def refuse_less_room_than_one_upload(self) -> Self:
        if self.scratch_bytes < self.max_upload_bytes:
            raise ValueError("MEDIA_SCRATCH_BYTES must be at least MEDIA_MAX_UPLOAD_BYTES")
        return self

    @model_validator(mode="after")
    def refuse_half_a_key(self) -> Self:
        if bool(self.s3_access_key_id) != bool(self.s3_secret_access_key):
            raise ValueError("Set both MEDIA_S3_ACCESS_KEY_ID and MEDIA_S3_SECRET_ACCESS_KEY, or neither")
        return self

    @property
    def limits(self) -> Limits:
        return Limits(self.max_pixels, self.max_frames, self.max_animation_pixels, self.decode_memory)

    @property
    def sides(self) -> dict[str, int]:
        return presets_of(self.presets)

    @property
    def terms(self) -> Terms:
        return Terms(
            timedelta(days=self.unused_days), timedelta(days=self.orphan_days), timedelta(days=self.trash_days)
        )

    @property
    def signing_keys(self) -> tuple[str, str]:
        """The secrets that addresses are signed with, see ``signing``; the second may be empty."""
        return self.signing_key, self.signing_key_fallback

    @property
    def derived_bounds(self) -> DerivedBounds:
        return DerivedBounds(self.derived_bytes, self.derived_per_asset, self.derived_per_owner)

    @property
    def upload_bounds(self) -> UploadBounds:
        life = timedelta(hours=self.upload_hours)
        return UploadBounds(self.max_upload_bytes, self.quota_bytes, self.open_uploads, life)

    @property
    def scratch_dir(self) -> Path:
        """Where uploads are while they are checked."""
        return self.var_dir / "scratch"

    @property
    def scratch_share(self) -> int:
        """Bytes of uploads of one owner that may lie there at once: a quarter, but always room for one picture."""
        return max(self.scratch_bytes // 4, self.max_upload_bytes)

    @property
    def picture_disks(self) -> dict[str, Path]:
        """The folder of pictures, where they are kept in one."""
        scheme, _, rest = self.storage_url.partition("://")
        return {"pictures": Path(rest)} if scheme == "file" else {}


def settings() -> MediaSettings:
    """The settings of this process; raises SettingsError with a sentence for the person who set them."""
    return load(MediaSettings)
