"""How v1 shows authors on their pages."""

from blog_service.authors.v1.shapes import AuthorShape


class Author(AuthorShape):
    """An author; ``following`` is whether the caller does."""

    posts_count: int
    followers_count: int
    following: bool
