"""A change in auth reaches blog: relay, RabbitMQ and consumer work."""

from visitor import Visitor, eventually

author = Visitor()
username = author.sign_up()
author.expect(200, "PATCH", "/api/v1/auth/users/me", {"profile": {"bio": f"I am {username}"}})
eventually(
    "blog shows the author's new bio",
    lambda: author.get(f"/api/v1/authors/{username}").json().get("bio") == f"I am {username}",
)
