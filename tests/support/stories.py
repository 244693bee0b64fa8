"""What people do, for the tests of what watches the platform."""

from tests.support.api import Visitor, expect
from tests.support.photographs import photograph


def tell_a_story(alice: Visitor, name: str) -> None:
    """Alice publishes a post and a picture until all can see them, a stranger is refused; ``name`` is told once."""
    alice.publish(alice.create_post(title="Told again")["slug"])
    picture = expect(alice.upload(photograph(400, 300, seed=f"{alice.username} {name}")), 201).json()["urls"]
    alice.wait_for_picture(picture["thumb"])
    with Visitor(str(alice.http.base_url)) as stranger:
        stranger.http.get("/api/v1/auth/users/me")
