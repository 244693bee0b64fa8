"""A picture in pieces, by tus 1.0: what was interrupted goes on where it was, in another run as well.

One that is no more than a piece goes with the request that begins its upload.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from broadsheet_cli.api import Api
from broadsheet_cli.errors import Refused

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}
PIECE_BYTES = 4 * 1024 * 1024
Progress = Callable[[int], None]
"""Is told how many more bytes have arrived."""


@dataclass(frozen=True, slots=True)
class Upload:
    """``begun`` is told the address, by which another run goes on; ``progress`` what has arrived.

    ``once`` is an Idempotency-Key: by it a run that was not told how it ended finds what there is already.
    """

    api: Api
    file: Path
    alt: str = ""
    once: str | None = None
    begun: Callable[[str], None] = lambda _: None
    progress: Progress = lambda _: None

    def run(self, resume: str | None = None) -> str:
        """The id of the asset; raises Refused for what is no picture."""
        address, offset, asset = self._again(resume) or self._create()
        self.progress(offset)
        if asset is None:
            self.begun(address)
        with self.file.open("rb") as opened:
            while asset is None:
                opened.seek(offset)
                piece = opened.read(PIECE_BYTES)
                offset, asset = self._send(address, offset, piece)
                self.progress(len(piece))
        return asset

    def _again(self, address: str | None) -> tuple[str, int, None] | None:
        if address is None:
            return None
        try:
            answer = self.api.request("HEAD", address, headers=TUS)
        except Refused:
            return None  # it is over by now
        return address, int(answer.headers["Upload-Offset"]), None

    def _create(self) -> tuple[str, int, str | None]:
        words = {"filename": self.file.name, "alt": self.alt}
        told = [f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items() if value]
        length = self.file.stat().st_size
        headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": ",".join(told)}
        if self.once:
            headers["Idempotency-Key"] = self.once
        if length <= PIECE_BYTES:
            answer = self.api.request("POST", "/uploads", headers=headers | BYTES, content=self.file.read_bytes())
        else:
            answer = self.api.request("POST", "/uploads", headers=headers)
        address = urlsplit(answer.headers["Location"]).path.removeprefix("/api/v2")
        return address, int(answer.headers["Upload-Offset"]), answer.headers.get("Asset-ID")

    def _send(self, address: str, offset: int, piece: bytes) -> tuple[int, str | None]:
        headers = TUS | BYTES | {"Upload-Offset": str(offset)}
        answer = self.api.request("PATCH", address, headers=headers, content=piece)
        return int(answer.headers["Upload-Offset"]), answer.headers.get("Asset-ID")
