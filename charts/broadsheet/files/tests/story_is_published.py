"""Somebody signs up, writes a story, publishes it, and a stranger reads it."""
# ruff: noqa: T201  what it prints is read with kubectl logs

from visitor import Visitor

author, stranger = Visitor(), Visitor()
username = author.sign_up()
post = author.expect(201, "POST", "/api/v1/posts", {"title": f"By {username}", "body": "# Hello"}).json()
path = f"/api/v1/posts/{post['slug']}"
stranger.expect(404, "GET", path)
author.expect(200, "POST", f"{path}/publish")
read = stranger.expect(200, "GET", path).json()
assert read["author"]["username"] == username, read["author"]
author.expect(204, "DELETE", path)
print("ok: from sign-up to a published story")
