"""Files that come with a request, on the disk until it is answered and never whole in memory."""

import base64
import binascii
import hashlib
import re
import tempfile
import weakref

_DATA_URI = re.compile(r"data:[\w.+/-]{0,100}(?:;[\w.-]{1,50}=[\w.-]{0,50}){0,3};base64,", re.ASCII)


class SentFile:
    """A file as it was sent. The kernel removes it when nobody holds it any more, also by a crash."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  it is closed with the object
        self.size = 0
        self._digest = hashlib.sha256()
        weakref.finalize(self, self.file.close)

    def take(self, data: bytes) -> None:
        """Write the next bytes."""
        self.file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def __str__(self) -> str:
        """What tells it from other files."""
        return self._digest.hexdigest()


def file_of_data_uri(text: str) -> SentFile:
    """The file in a ``data:`` URI (RFC 2397) in base64; raises ValueError for everything else, addresses included."""
    head = _DATA_URI.match(text)
    if head is None:
        raise ValueError("Send the file itself: as a part of a form, or as data:image/…;base64,….")
    try:
        content = base64.b64decode(text[head.end() :], validate=True)
    except binascii.Error as error:
        raise ValueError(f"This is not base64: {error}.") from error
    file = SentFile()
    file.take(content)
    return file
