"""The gateway answers, says who it is, and keeps internal paths to itself."""
# ruff: noqa: T201  what it prints is read with kubectl logs

from visitor import Visitor

stranger = Visitor()
posts = stranger.expect(200, "GET", "/api/v1/posts")
assert posts.headers["X-Request-ID"], "an answer without X-Request-ID"
assert posts.headers["API-Version"] == "1", posts.headers["API-Version"]
assert stranger.expect(200, "GET", "/.well-known/jwks.json").json()["keys"], "no signing key"
for hidden in ("/metrics", "/readyz", "/internal/assets"):
    stranger.expect(404, "GET", hidden)
problem = stranger.expect(401, "POST", "/api/v1/posts", {})
assert problem.headers["Content-Type"].startswith("application/problem+json"), problem.headers["Content-Type"]
print("ok: the gateway answers")
