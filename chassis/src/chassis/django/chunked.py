"""Bodies without a length (RFC 9112, 7.1): Django reads as many bytes as Content-Length says, so of those none."""

import io
from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def with_length(application: Wsgi, *, most: int) -> Wsgi:
    """The application, which is given a chunked body with the length it has; forms it reads as they come.

    At most ``most`` + 1 bytes of it are read: the application refuses what is longer than ``most``.
    """

    def lengthened(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        is_form = environ.get("CONTENT_TYPE", "").startswith("multipart/form-data")
        if environ.get("wsgi.input_terminated") and not environ.get("CONTENT_LENGTH") and not is_form:
            body = environ["wsgi.input"].read(most + 1)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        return application(environ, start_response)

    return lengthened
