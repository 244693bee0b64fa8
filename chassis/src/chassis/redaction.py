"""What must never reach a log line or an error report: secrets and e-mail addresses."""

import re
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"
_KEY = re.compile(
    r"passw|secret|token|authorization|cookie|credential|api_?key|private|csrf|e_?mail|dsn", re.IGNORECASE
)
# every alternative begins at a boundary and is bounded, so that no text, however long, is searched more than once
_TEXT = re.compile(
    r"""(?P<before>\b(?:bearer|basic)\s{1,9})[^\s"',;]+
    |   (?<![\w-])eyJ[\w-]+(?:\.[\w-]*){1,4}
    |   (?P<url>://[^\s:/@"']{0,99}:)[^\s/@"']{1,999}(?=@)
    |   (?P<named>(?:passw(?:or)?d|secret|token|api_?key)["']?\s{0,9}[=:]\s{0,9}["']?)[^\s"',&;}\]]+
    |   (?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HINT = re.compile(r"[@=:]|eyJ|bearer|basic", re.IGNORECASE)


def redact(value: Any, key: str = "") -> Any:
    """A copy of ``value`` without secrets: by the name they go under, and by how they look inside text."""
    if key and _is_secret(key) and not isinstance(value, bool | int | float | None):
        return REDACTED
    if isinstance(value, str):
        return _TEXT.sub(_replacement, value) if _HINT.search(value) else value
    if isinstance(value, dict):
        return {name: redact(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return value


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return _KEY.search(key) is not None


def _replacement(match: re.Match[str]) -> str:
    return (match["before"] or match["url"] or match["named"] or "") + REDACTED
