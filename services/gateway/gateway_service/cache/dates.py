"""Dates of HTTP, in the three forms that recipients have to know (RFC 9110, 5.6.7)."""

from contextlib import suppress
from datetime import UTC, datetime

from gateway_service.remembered import remembered

_FORMS = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")


@remembered(1000)
def http_date(text: bytes) -> datetime | None:
    """The moment, None for what is no date."""
    for form in _FORMS:
        with suppress(ValueError):
            return datetime.strptime(text.decode("latin-1"), form).replace(tzinfo=UTC)
    return None
