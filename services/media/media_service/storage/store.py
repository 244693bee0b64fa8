"""Files by key, in a folder or in a bucket: one code path over obstore.

A file is there in full or not at all. Keys are made here and nowhere else.
"""

import errno
import os
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import obstore
from chassis.metrics import counter
from chassis.settings import SettingsError
from obstore.exceptions import BaseError, GenericError
from obstore.store import LocalStore, ObjectStore, S3Store

from media_service.settings import MediaSettings

if TYPE_CHECKING:
    from obstore.store import S3Config

CHUNK = 256 * 1024
_AT_ONCE: int | None = getattr(os, "RWF_NOWAIT", None)
"""How a read that would wait for the disk is made to fail instead, which Linux alone can."""
_OS_ERROR = re.compile(r"\(os error (\d+)\)")
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
}


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A file that is there."""

    key: str
    modified: datetime


def folder_of(blob_id: UUID) -> str:
    """Where everything made of one stored picture lies."""
    return f"{blob_id.hex[-2:]}/{blob_id}"


FOLDERS = tuple(f"{number:02x}" for number in range(256))
"""Where all pictures that are stored lie, evenly."""


def key_of(blob_id: UUID, sha256: str, mime: str) -> str:
    """The key of a file by its content: the stored picture itself, or a rendition of it."""
    return f"{folder_of(blob_id)}/{sha256}.{EXTENSIONS[mime]}"


DERIVED = "derived"
"""Where pictures lie that were drawn for signed addresses, in FOLDERS of their own."""


def derived_folder(asset_id: UUID, revision: int | None = None) -> str:
    """Where those of an asset lie, or of one of its revisions."""
    folder = f"{DERIVED}/{asset_id.hex[-2:]}/{asset_id}"
    return folder if revision is None else f"{folder}/{revision}"


def derived_of(key: str) -> UUID | None:
    """The asset a key of them belongs to; None for a key that was not made here."""
    return blob_id_of(key.removeprefix(f"{DERIVED}/"))


UPLOADS = "uploads"
"""Where the pieces of pictures lie that are on their way; see ``FOLDERS`` for all others."""


def upload_folder(upload_id: UUID) -> str:
    """Where the pieces of an upload lie."""
    return f"{UPLOADS}/{upload_id}"


def piece_key(upload_id: UUID, file_id: UUID) -> str:
    """The key of a piece: new for each that is stored, so that of two with the same bytes neither loses its file."""
    return f"{upload_folder(upload_id)}/{file_id}"


def blob_id_of(key: str) -> UUID | None:
    """The stored picture, or the upload, a key belongs to; None for a key that was not made here."""
    try:
        return UUID(key.split("/")[1])
    except (IndexError, ValueError):
        return None


class Store:
    """The folder or bucket of the settings."""

    def __init__(self, objects: ObjectStore, folder: Path | None = None, accel_prefix: str = "") -> None:
        self._objects = objects
        self._folder = folder
        self._accel_prefix = accel_prefix

    def put(self, key: str, content: IO[bytes] | bytes) -> None:
        """Keep a file under a key; raises OSError when it cannot be kept now.

        A working file may become the one that is kept, so nobody may write to it any more.
        """
        if not isinstance(content, bytes):
            content.seek(0)
            if self._named(key, content):
                return
        with _as_os_error(), _counted("put"):
            obstore.put(self._objects, key, content, max_concurrency=2)

    def _named(self, key: str, content: IO[bytes]) -> bool:
        """Whether a file without a name, on the disk of our folder, got this one there: nothing need be copied then."""
        if self._folder is None:
            return False
        path = self._folder / key
        try:
            descriptor = content.fileno()
            path.parent.mkdir(parents=True, exist_ok=True)
            # With src_dir_fd, whichever, Python calls linkat(2): link(2) does not follow what /proc has.
            os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor, follow_symlinks=True)
        except OSError:  # what is wrong, if anything is, is found out by copying
            return False
        return True

    def fetch(self, key: str, into: IO[bytes]) -> None:
        """Copy a stored file; raises FileNotFoundError."""
        with _as_os_error(), _counted("fetch"):
            for chunk in obstore.get(self._objects, key).stream(CHUNK):
                into.write(chunk)
        into.flush()

    def chunks(self, key: str) -> Iterator[bytes]:
        """The bytes of a file; raises FileNotFoundError at once."""
        with _as_os_error(), _counted("fetch"):
            found = obstore.get(self._objects, key)
        return map(bytes, found.stream(CHUNK))

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to, not including, ``end``; raises FileNotFoundError before the first."""
        with _as_os_error(), _counted("read"):
            found = await obstore.get_async(self._objects, key, options={"range": (start, end)})
        return aiter(found.stream(CHUNK))

    def cached(self, key: str, part: range) -> bytes | None:
        """Some bytes of a file, if the system has them in memory; None where they would have to be waited for."""
        if self._folder is None or _AT_ONCE is None or len(part) > CHUNK:
            return None
        content = bytearray(len(part))
        try:
            file = os.open(self._folder / key, os.O_RDONLY | os.O_CLOEXEC)
            try:
                count = os.preadv(file, [content], part.start, _AT_ONCE)
            finally:
                os.close(file)
        except OSError:  # what is wrong is found out by waiting
            return None
        return bytes(content) if count == len(part) else None

    def at_edge(self, key: str) -> str | None:
        """Where the edge finds a file by itself (X-Accel-Redirect); None when it cannot, or the file is gone."""
        if self._folder and self._accel_prefix and (self._folder / key).exists():
            return f"{self._accel_prefix}{key}"
        return None

    def remove(self, *folders: str) -> None:
        """Remove all files of folders; they may be gone already."""
        with _as_os_error(), _counted("remove"):
            for folder in folders:
                for batch in obstore.list(self._objects, prefix=folder):
                    obstore.delete(self._objects, [found["path"] for found in batch])

    def remove_keys(self, keys: Sequence[str]) -> None:
        """Remove single files; they may be gone already."""
        with _as_os_error(), _counted("remove"):
            for key in keys:
                with suppress(FileNotFoundError):
                    obstore.delete(self._objects, key)

    def has(self, key: str) -> bool:
        """Whether a file is there."""
        try:
            with _as_os_error():
                obstore.head(self._objects, key)
        except FileNotFoundError:
            return False
        return True

    def list(self, folder: str) -> Iterator[list[StoredObject]]:
        """All files below a folder, some at a time."""
        with _as_os_error(), _counted("list"):
            for batch in obstore.list(self._objects, folder, chunk_size=500):
                yield [StoredObject(found["path"], found["last_modified"]) for found in batch]

    def remove_partial(self, before: datetime) -> None:
        """Remove what is left of files whose writer died; a bucket does so by its own lifecycle rule."""
        for path in self._folder.rglob("*#*") if self._folder else ():  # how obstore names a file it is writing
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)

    def check(self) -> None:
        """Raises obstore's BaseError if nothing can be written."""
        key = f"check-{uuid4()}"
        with _counted("check"):
            obstore.put(self._objects, key, b"")
            obstore.delete(self._objects, key)


@contextmanager
def _counted(operation: str) -> Iterator[None]:
    """Count what the store refuses or does not answer; that a file is not there is no such error."""
    try:
        yield
    except BaseError:
        counter("media_store_errors_total").labels(operation).inc()
        raise


@contextmanager
def _as_os_error() -> Iterator[None]:
    """What a disk or a bucket refuses for the moment as an OSError: obstore tells its number in the text alone."""
    try:
        yield
    except GenericError as error:
        reason = str(error).partition("\n")[0]
        number = _OS_ERROR.search(reason)
        raise OSError(int(number[1]) if number else errno.EIO, reason) from error


def open_store(settings: MediaSettings) -> Store:
    """The store of MEDIA_STORAGE_URL; raises SettingsError where it cannot be."""
    scheme, _, rest = settings.storage_url.partition("://")
    try:
        if scheme == "file":
            folder = Path(rest).absolute()
            return Store(LocalStore(folder, mkdir=True, automatic_cleanup=True), folder, settings.accel_prefix)
        return Store(_bucket(settings))
    except (BaseError, OSError) as error:
        reason = str(error).partition("\n")[0]  # then come the libraries' own notes
        raise SettingsError(f"MEDIA_STORAGE_URL is {settings.storage_url}, which cannot be used: {reason}") from error


def _bucket(settings: MediaSettings) -> S3Store:
    url = urlsplit(settings.storage_url)
    config: S3Config = {"region": settings.s3_region}
    if settings.s3_endpoint_url:
        config["endpoint"] = settings.s3_endpoint_url
    if settings.s3_access_key_id:
        config["access_key_id"] = settings.s3_access_key_id
        config["secret_access_key"] = settings.s3_secret_access_key
    return S3Store(
        url.netloc,
        prefix=url.path.strip("/") or None,
        config=config,
        client_options={
            "allow_http": (settings.s3_endpoint_url or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(minutes=5),  # of a whole answer, which a slow reader may be reading
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
    )
