"""What forms look like, for the documentation."""

from typing import Any

from blog_service.posts.v1.form import JSON_PART, TAGS

_YES_OR_NO = {"type": "string", "enum": ["true", "false"]}
_TEXT, _FILE = {"type": "string"}, {"type": "string", "format": "binary"}
IMAGE_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"file": _FILE, "media": {"type": "string", "format": "uuid"}, "caption": _TEXT, "alt": _TEXT},
}
POST_FORM: dict[str, Any] = {
    "type": "object",
    "description": "Fields of a post, or all of it as JSON in the part `post`; files beside. The order is free.",
    "properties": {
        JSON_PART: {"type": "string", "description": "a JSON object, as in application/json"},
        "title": _TEXT,
        "body": _TEXT,
        "published": _YES_OR_NO,
        "comments_open": _YES_OR_NO,
        TAGS: {"type": "array", "items": _TEXT, "description": "one part for each"},
        "images[0].file": _FILE | {"description": "the index is the position; `images[0][file]` means the same"},
        "images[0].media": {"type": "string", "format": "uuid"},
        "images[0].id": {"type": "string", "format": "uuid"},
        "images[0].caption": _TEXT,
        "images[0].alt": _TEXT,
    },
}
