"""Working files without a name: the kernel removes them when they are closed, also by a crash."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO


class Scratch(ExitStack):
    """A block at whose end all files taken from it are gone."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory

    def file(self) -> IO[bytes]:
        """A new empty file; raises OSError where the folder takes none."""
        return self.enter_context(TemporaryFile(dir=self._directory))
