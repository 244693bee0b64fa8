"""The files through which gunicorn's workers add up their metrics, made so that no worker ends for one.

prometheus_client maps a sparse file: on a disk that is full the first figure would end the process by SIGBUS, and a
folder that cannot be written would fail the request that is counted.
"""

import logging
import os

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

BYTES = 1 << 16
_ENTRY_BYTES = 64  # of a figure, beside its key
log = logging.getLogger(__name__)


def install() -> None:
    """Keep figures in these files from now on; call before the first metric is made."""
    values.MmapedDict = MetricFile  # type: ignore[attr-defined]  # what MultiProcessValue opens for each kind


class MetricFile(MmapedDict):
    """Has its room on the disk before it is written. Without room its figures live on in this process alone."""

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        try:
            _reserve(filename)
            super().__init__(filename, read_mode)  # type: ignore[no-untyped-call]
        except OSError as error:
            self._open_in_memory(error)

    def _init_value(self, key: str) -> None:
        if self._used + 4 * len(key) + _ENTRY_BYTES > self._capacity:
            try:
                os.posix_fallocate(self._f.fileno(), 0, 2 * self._capacity)
            except OSError as error:
                self._move_to_memory(error)
        super()._init_value(key)  # type: ignore[no-untyped-call]

    def _move_to_memory(self, error: OSError) -> None:
        figures = list(self.read_all_values())  # type: ignore[no-untyped-call]
        self.close()  # type: ignore[no-untyped-call]
        self._open_in_memory(error)
        for key, value, timestamp in figures:
            self.write_value(key, value, timestamp)  # type: ignore[no-untyped-call]

    def _open_in_memory(self, error: OSError) -> None:
        log.warning("metrics of this process are not added to those of the others: %s", error)
        descriptor = os.memfd_create("metrics")
        super().__init__(f"/proc/self/fd/{descriptor}")  # type: ignore[no-untyped-call]
        os.close(descriptor)


def _reserve(filename: str) -> None:
    descriptor = os.open(filename, os.O_CREAT | os.O_RDWR, 0o666)
    try:
        os.posix_fallocate(descriptor, 0, BYTES)  # what is there already stays
    except OSError:
        os.unlink(filename)  # noqa: PTH108  a file without its first bytes would fail whoever reads all of them
        raise
    finally:
        os.close(descriptor)
