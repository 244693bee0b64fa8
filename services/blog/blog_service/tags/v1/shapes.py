"""How v1 shows tags."""

from chassis.django.shapes import Shape, Url


class TagShape(Shape):
    name: str
    posts_count: int


class TagPageShape(Shape):
    count: int
    next: Url | None
    previous: Url | None
    results: list[TagShape]
