"""The one stylesheet of the pages, at an address that changes with it, so that browsers keep it for good."""

from functools import cache
from hashlib import blake2b
from importlib.resources import files

_DIGEST_BYTES = 8


@cache
def style() -> bytes:
    return files(__package__).joinpath("style", "pages.css").read_bytes()


@cache
def style_name() -> str:
    """The style's file name, with a digest of what is in it."""
    return f"pages-{blake2b(style(), digest_size=_DIGEST_BYTES).hexdigest()}"
