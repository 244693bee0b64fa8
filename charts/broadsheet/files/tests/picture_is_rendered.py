"""An uploaded picture becomes ready, and a stranger gets its renditions as WebP: worker and object store work."""
# ruff: noqa: T201  what it prints is read with kubectl logs

import httpx
from visitor import Visitor, eventually

with Visitor() as author, Visitor() as stranger:
    author.sign_up()
    asset = author.upload()
    eventually("the picture is ready", lambda: author.get(f"/api/v1/media/{asset['id']}").json()["status"] == "ready")
    for preset in ("thumb", "medium", "large"):
        answer = stranger.expect(200, "GET", httpx.URL(asset["urls"][preset]).raw_path.decode())
        assert answer.content[8:12] == b"WEBP", f"{preset} is no WebP"
print("ok: a picture is rendered")
