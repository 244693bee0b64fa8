"""What must never reach a log line or an error report: secrets and e-mail addresses."""

import re
from typing import Any

REDACTED = "[redacted]"
_KEY = re.compile(
    r"passw|secret|token|authorization|cookie|credential|api_?key|private|encryption_key|\bdsn\b|csrf|e_?mail",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"""(?P<bearer>(?:bearer|basic)\s+)[^\s"',;]+
    |   eyJ[\w-]+\.[\w-]+\.?[\w-]*
    |   (?P<url>\w+://[^\s:/@"']*:)[^\s/@"']+(?=@)
    |   (?P<named>(?:passw(?:or)?d|secret|token|api_?key)["']?\s*[=:]\s*["']?)[^\s"',&;}\]]+
    |   [\w.+-]+@[\w-]+(?:\.[\w-]+)+
    """,
    re.IGNORECASE | re.VERBOSE,
)


def redact(value: Any, key: str = "") -> Any:
    """A copy of ``value`` without secrets: by the name they go under, and by how they look inside text."""
    if key and _KEY.search(key) and not isinstance(value, bool | int | float | None):
        return REDACTED
    if isinstance(value, str):
        return _TEXT.sub(_replacement, value) if len(value) > 5 else value
    if isinstance(value, dict):
        return {name: redact(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return value


def _replacement(match: re.Match[str]) -> str:
    return (match["bearer"] or match["url"] or match["named"] or "") + REDACTED
