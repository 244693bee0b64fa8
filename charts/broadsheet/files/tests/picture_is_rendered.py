"""An uploaded picture becomes ready, and a stranger gets its renditions as WebP: worker and object store work."""
# ruff: noqa: T201  what it prints is read with kubectl logs

from urllib.parse import urlsplit

from visitor import Visitor, eventually

author, stranger = Visitor(), Visitor()
stranger.headers["Accept"] = "image/webp"
author.sign_up()
asset = author.upload()
eventually("the picture is ready", lambda: author.get(f"/api/v1/media/{asset['id']}").json()["status"] == "ready")
for preset in ("thumb", "medium", "large"):
    url = urlsplit(asset["urls"][preset])
    stranger.headers["Host"] = url.netloc  # pictures may have one of their own
    answer = stranger.expect(200, "GET", url.path)
    assert answer.content[8:12] == b"WEBP", f"{preset} is no WebP"
print("ok: a picture is rendered")
