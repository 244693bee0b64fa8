"""Which form of a rendition a client is given (RFC 9110, 12.5.1)."""

from media_service.pictures.forms import AVIF, JPEG, WEBP

BEST_FIRST = (AVIF, WEBP)


def accepted(header: str) -> str:
    """The smallest form that ``Accept`` names; JPEG for whoever names neither, as wildcards stood there before both."""
    named = {kind for kind, weight in map(_preference, header.split(",")) if weight > 0}
    return next((form for form in BEST_FIRST if form in named), JPEG)


def _preference(element: str) -> tuple[str, float]:
    """A media type and its weight, 0 to 1; what makes no sense weighs nothing."""
    kind, *parameters = (part.strip().lower() for part in element.split(";"))
    weight = next((one.partition("=")[2] for one in parameters if one.startswith("q=")), "1")
    try:
        return kind, float(weight)
    except ValueError:
        return kind, 0.0
