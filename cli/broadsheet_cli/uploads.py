"""A picture in pieces, by tus 1.0: what was interrupted goes on where it was, in another run as well."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from broadsheet_cli.api import Api
from broadsheet_cli.errors import Refused

TUS = {"Tus-Resumable": "1.0.0"}
PIECE_BYTES = 4 * 1024 * 1024
Progress = Callable[[int], None]
"""Is told how many more bytes have arrived."""


@dataclass(frozen=True, slots=True)
class Upload:
    """``begun`` is told the address, by which another run goes on; ``progress`` what has arrived."""

    api: Api
    file: Path
    alt: str = ""
    begun: Callable[[str], None] = lambda _: None
    progress: Progress = lambda _: None

    def run(self, resume: str | None = None) -> str:
        """The id of the asset; raises Refused for what is no picture."""
        address, offset = self._again(resume) or self._create()
        self.begun(address)
        self.progress(offset)
        asset = None
        with self.file.open("rb") as opened:
            while asset is None:
                opened.seek(offset)
                piece = opened.read(PIECE_BYTES)
                offset, asset = self._send(address, offset, piece)
                self.progress(len(piece))
        return asset

    def _again(self, address: str | None) -> tuple[str, int] | None:
        if address is None:
            return None
        try:
            answer = self.api.request("HEAD", address, headers=TUS)
        except Refused:
            return None  # it is over by now
        return address, int(answer.headers["Upload-Offset"])

    def _create(self) -> tuple[str, int]:
        words = {"filename": self.file.name, "alt": self.alt}
        told = [f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items() if value]
        length = str(self.file.stat().st_size)
        headers = TUS | {"Upload-Length": length, "Upload-Metadata": ",".join(told)}
        answer = self.api.request("POST", "/uploads", headers=headers)
        return urlsplit(answer.headers["Location"]).path.removeprefix("/api/v2"), 0

    def _send(self, address: str, offset: int, piece: bytes) -> tuple[int, str | None]:
        headers = TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        answer = self.api.request("PATCH", address, headers=headers, content=piece)
        return int(answer.headers["Upload-Offset"]), answer.headers.get("Asset-ID")
