"""A picture on its way: a small one in one request, a large one in pieces, by tus 1.0.

What was interrupted in pieces goes on where it was, in another run as well. What is no more than a piece has nothing
to go on with: one form of version 1 costs the server half of what an upload of tus does, and answers with the address.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from broadsheet_cli.api import Api
from broadsheet_cli.errors import Refused
from broadsheet_cli.state import KnownPicture

WHOLE = "/api/v1/media"
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

    def run(self, resume: str | None = None) -> KnownPicture:
        """The asset and its address; raises Refused for what is no picture."""
        if resume is None and self.file.stat().st_size <= PIECE_BYTES:
            return self._whole()
        asset = self._in_pieces(resume)
        return KnownPicture(id=asset, url=self.api.get(f"/assets/{asset}")["urls"]["large"])

    def _whole(self) -> KnownPicture:
        content = self.file.read_bytes()
        form = {"files": {"file": (self.file.name, content)}, "data": {"alt": self.alt}}
        headers = {"Idempotency-Key": self.once} if self.once else {}
        asset = self.api.request("POST", f"{self.api.server}{WHOLE}", headers=headers, **form).json()
        self.progress(len(content))
        return KnownPicture(id=asset["id"], url=asset["urls"]["large"])

    def _in_pieces(self, resume: str | None) -> str:
        address, offset, asset = self._again(resume) or self._create()
        self.progress(offset)
        if asset is None:
            self.begun(address)
        with self.file.open("rb") as opened:
            while asset is None:
                opened.seek(offset)
                before = offset
                offset, asset = self._send(address, before, opened.read(PIECE_BYTES))
                self.progress(offset - before)
        return asset

    def _again(self, address: str | None) -> tuple[str, int, None] | None:
        if address is None:
            return None
        try:
            return address, self._arrived(address), None
        except Refused:
            return None  # it is over by now

    def _create(self) -> tuple[str, int, str | None]:
        words = {"filename": self.file.name, "alt": self.alt}
        told = [f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items() if value]
        headers = TUS | {"Upload-Length": str(self.file.stat().st_size), "Upload-Metadata": ",".join(told)}
        if self.once:
            headers["Idempotency-Key"] = self.once
        answer = self.api.request("POST", "/uploads", headers=headers)
        address = urlsplit(answer.headers["Location"]).path.removeprefix("/api/v2")
        return address, int(answer.headers["Upload-Offset"]), answer.headers.get("Asset-ID")

    def _send(self, address: str, offset: int, piece: bytes) -> tuple[int, str | None]:
        headers = TUS | BYTES | {"Upload-Offset": str(offset)}
        try:
            answer = self.api.request("PATCH", address, headers=headers, content=piece)
        except Refused as refused:
            if refused.code != "offset_conflict" or (arrived := self._arrived(address)) <= offset:
                raise
            return arrived, None  # it had come, and the answer was lost
        return int(answer.headers["Upload-Offset"]), answer.headers.get("Asset-ID")

    def _arrived(self, address: str) -> int:
        """How many bytes of it are there."""
        return int(self.api.request("HEAD", address, headers=TUS).headers["Upload-Offset"])
