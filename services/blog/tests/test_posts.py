"""Writing and reading posts in version 1."""

from blog_service.testing import Caller, Neighbours

BASE = "https://news.example.org/api/v1"


def test_a_new_post_has_the_agreed_shape(alice: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    body = {
        "title": "First light",
        "body": "# md",
        "tags": ["dawn", "Photography"],
        "images": [{"media": str(media), "caption": "c", "alt": "a"}],
        "published": False,
    }
    answer = alice.post("v1/posts", body)
    assert answer.status == 201
    post = answer.body
    assert answer.headers["Location"] == post["url"] == f"{BASE}/posts/first-light"
    image = post["images"][0]
    sizes = {size: f"https://news.example.org/m/{media}/{size}.webp" for size in ("thumb", "medium", "large")}
    assert post == {
        "id": post["id"],
        "url": post["url"],
        "slug": "first-light",
        "title": "First light",
        "body": "# md",
        "html": "<h1>md</h1>",
        "excerpt": "md",
        "author": {
            "id": str(alice.id),
            "username": "alice",
            "bio": "",
            "avatar": None,
            "url": f"{BASE}/authors/alice",
        },
        "tags": ["dawn", "Photography"],
        "images": [
            {
                "id": image["id"],
                "media": str(media),
                "caption": "c",
                "alt": "a",
                "position": 0,
                "state": "confirmed",
                "urls": sizes,
            }
        ],
        "published": False,
        "published_at": None,
        "created_at": post["created_at"],
        "updated_at": post["created_at"],
        "version": 1,
        "favourites_count": 0,
        "comments_count": 0,
        "favourited": False,
    }
    assert alice.get("v1/posts/first-light").body == post
