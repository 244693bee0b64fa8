"""Archives as ZIP files: what services tell, a JSON file for each kind of rows, and pictures beside."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from chassis.clock import format_timestamp

from media_service.storage.store import Store

FOLDER = "exports"
Told = Iterable[tuple[str, Mapping[str, Any]]]
"""File and row, those of a file together."""
_COPIED = 256 * 1024  # bytes at once


def export_key(export_id: UUID) -> str:
    """Where what was told of somebody lies until their archive expires."""
    return f"{FOLDER}/{export_id}.zip"


def pack(into: IO[bytes], told: Mapping[str, Told]) -> None:
    """Write what each service tells, as it comes."""
    with ZipFile(into, "w", ZIP_DEFLATED) as archive:
        for service, rows in told.items():
            for file, of_file in groupby(rows, itemgetter(0)):
                with archive.open(f"{service}/{file}.json", "w", force_zip64=True) as entry:
                    entry.writelines(_array(row for _, row in of_file))


def with_originals(packed: IO[bytes], store: Store, originals: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The bytes of the whole archive, as they are made: nowhere does it lie whole.

    A picture that went meanwhile is left out.
    """
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        with ZipFile(packed) as told:
            for entry in told.infolist():
                with told.open(entry) as file:
                    yield from _add(
                        archive, sink, ZipInfo(entry.filename, entry.date_time), iter(lambda: file.read(_COPIED), b"")
                    )
        for key, name in originals:
            try:
                content = store.chunks(key)
            except FileNotFoundError:
                continue
            yield from _add(archive, sink, ZipInfo(name), content)
    yield sink.take()


def _add(archive: ZipFile, sink: "_Sink", info: ZipInfo, content: Iterable[bytes]) -> Iterator[bytes]:
    info.compress_type = ZIP_DEFLATED if info.filename.endswith(".json") else ZIP_STORED  # pictures are dense
    with archive.open(info, "w", force_zip64=True) as entry:
        for chunk in content:
            entry.write(chunk)
            yield sink.take()


def _array(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    before = "[\n"
    for row in rows:
        yield f"{before}{json.dumps(row, ensure_ascii=False, default=_text)}".encode()
        before = ",\n"
    yield b"\n]\n"


def _text(value: object) -> str:
    return format_timestamp(value) if isinstance(value, datetime) else str(value)


class _Sink:
    """Takes what a ZipFile writes; it cannot seek, so each entry's length stands behind it."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken
