"""What must never reach a log line or an error report: secrets and e-mail addresses."""

import re
from enum import Enum, auto
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"
_KEY = re.compile(
    r"passw|secret|token|authorization|cookie|credential|api_?key|private|csrf|e_?mail|dsn|signature"
    r"|(?:^|_)(?:otp|totp|pin)$|(?:recovery|backup)_?codes",
    re.IGNORECASE,
)
_CODE_KEY = re.compile(r"code$", re.IGNORECASE)
_CODE = re.compile(r"(?=[\w-]{0,99}[A-Z\d])[\w-]{6,}")  # to be typed in; our reason codes are words in small letters
# every alternative begins at a boundary and is bounded, so that no text, however long, is searched more than once
_TEXT = re.compile(
    r"""(?P<before>\b(?:bearer|basic)\s{1,9})[^\s"',;]+
    |   (?<![\w-])eyJ[\w-]+(?:\.[\w-]*){1,4}
    |   (?P<url>://[^\s:/@"']{0,99}:)[^\s/@"']{1,999}(?=@)
    |   (?P<named>(?:passw(?:or)?d|secret|token|api_?key|otp|signature)["']?\s{0,9}[=:]\s{0,9}["']?)[^\s"',&;}\]]+
    |   (?P<code>code["']?\s{0,9}[=:]\s{0,9}["']?)(?-i:(?=[\w-]{0,99}[A-Z\d])[\w-]{6,})
    |   (?P<path>/(?:activat|confirm|reset|verif|undo|preview|receipt|invit)[\w-]{0,20}/(?:[\w-]{1,40}/)?
        |/[il]/[\da-f]{8}\.[\da-f-]{36}\.\d{1,11}\.)[\w-]{16,}
    |   (?<![\w-])(?-i:(?=[\w-]{0,199}[a-z])(?=[\w-]{0,199}[A-Z])(?=[\w-]{0,199}\d)[\w-]{40,})
    |   (?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HINT = re.compile(r"[@=:]|eyJ|bearer|basic", re.IGNORECASE)
_HINT_OF_LONGER = re.compile(r"/(?:activat|confirm|reset|verif|undo|preview|receipt|invit)|(?<![\w-])[\w-]{40}")
_LONGER = 22  # no shorter text holds an opaque token or a token in a path


class Named(Enum):
    """What a name says of its value."""

    SECRET = auto()
    CODE = auto()  # to be typed in by a person, or a reason


def redact(value: Any, key: str = "") -> Any:
    """A copy of ``value`` without secrets: by the name they go under, and by how they look inside text."""
    named = _named(key)
    if named is Named.SECRET and not isinstance(value, bool | int | float | None):
        return REDACTED
    if isinstance(value, str):
        if named is Named.CODE and _CODE.fullmatch(value):
            return REDACTED
        return _TEXT.sub(_replacement, value) if _may_hold_secret(value) else value
    if isinstance(value, dict):
        return {name: redact(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return value


@lru_cache(maxsize=1024)
def _named(key: str) -> Named | None:
    if _KEY.search(key):
        return Named.SECRET
    return Named.CODE if _CODE_KEY.search(key) else None


def _may_hold_secret(text: str) -> bool:
    """A quick look, for most values are short and hold none."""
    return bool(_HINT.search(text) or (len(text) >= _LONGER and _HINT_OF_LONGER.search(text)))


def _replacement(match: re.Match[str]) -> str:
    return next(filter(None, match.groupdict().values()), "") + REDACTED
