"""How v2 shows tags."""

from chassis.django.shapes import Shape, Url, source

from blog_service.links import tag_link_v2, tag_page_link


class TagLinksV2Shape(Shape):
    self: Url = source("id", through=tag_link_v2)
    html: Url = source("name", through=tag_page_link)


class TagV2Shape(Shape):
    """``posts_count`` is of published posts; those of a tag that is another now follow within minutes."""

    id: int
    name: str
    posts_count: int
    links: TagLinksV2Shape = source("*")


class TagsV2Shape(Shape):
    items: list[TagV2Shape]
    next_cursor: str | None
