"""Which regular expressions may say what origins are allowed: none that means more than it seems to, and none slow.

A dot that is not escaped stands for any character, so that ``app.example.com`` lets ``app-example.com`` in, which
anybody can register. And each part that repeats without end multiplies what a long origin costs.
"""

import re

MOST_ORIGIN_CHARACTERS = 300
"""A name of the DNS has 253 at most; longer ones match nothing."""
_MOST_ENDLESS = 2
_TIMES = r"(?:[+*?]|\{[0-9]+(?:,[0-9]*)?\})?"
_PART = rf"(?:[A-Za-z0-9:-]|\\[.d-]|\[[A-Za-z0-9-]+\]){_TIMES}"
_CHOICE = rf"\((?:\?:)?(?:{_PART})+(?:\|(?:{_PART})+)*\)\??"
_PATTERN = re.compile(rf"\^https?://(?:{_PART}|{_CHOICE})+\$")
_ENDLESS = re.compile(r"[+*]|\{[0-9]+,\}")


def require_safe(pattern: str) -> None:
    """Raises ValueError with what is wrong."""
    if not (pattern.startswith(("^https://", "^http://")) and pattern.endswith("$")):
        raise ValueError(f"pattern {pattern!r} must be anchored: ^https://…$")
    if re.search(r"(?<!\\)\.", pattern):
        raise ValueError(f"pattern {pattern!r} has a dot that stands for any character: escape it, \\.")
    if len(_ENDLESS.findall(pattern)) > _MOST_ENDLESS:
        raise ValueError(f"pattern {pattern!r} repeats more than {_MOST_ENDLESS} parts without end, which is slow")
    if not _PATTERN.fullmatch(pattern):
        raise ValueError(
            f"pattern {pattern!r} is more than letters, digits, \\., \\d, [sets], + * ? {{m,n}} "
            "and (one|of|these), of which none repeats"
        )
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"pattern {pattern!r} is none: {error}") from error
