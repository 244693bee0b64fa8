"""What search engines and other sites read of a page: JSON-LD (schema.org)."""

import json
from collections.abc import Mapping
from typing import Any

from chassis.clock import format_timestamp

from blog_service.settings import settings

# as in any script element: neither its end nor a comment may begin in it
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def of_post(post: Mapping[str, Any]) -> str:
    """A BlogPosting, to be put into a script element as it is."""
    return _written(
        {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": post["title"],
            "description": post["description"],
            "url": post["link"],
            "mainEntityOfPage": post["link"],
            "datePublished": format_timestamp(post["published_at"]),
            "dateModified": format_timestamp(post["updated"]),
            "author": [{"@type": "Person", "name": each["name"], "url": each["link"]} for each in post["authors"]],
            "publisher": {"@type": "Organization", "name": settings().site_name},
            "image": [picture["large"] for picture in post["pictures"]],
            "keywords": post["tags"],
        }
    )


def _written(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
