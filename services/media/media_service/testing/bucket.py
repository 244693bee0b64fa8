"""A bucket for the tests: as much of S3 as a store asks of it, over HTTP on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

MODIFIED = "Mon, 23 Nov 2026 10:00:00 GMT"


class _Bucket(ThreadingHTTPServer):
    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.path = f"/{name}/"
        self.objects: dict[str, bytes] = {}


class _Handler(BaseHTTPRequestHandler):
    server: _Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        content = self._body()
        if "Credential=key/" in self.headers.get("Authorization", ""):
            self.server.objects[self._key()] = content
            self._answer(200)
        else:
            self._answer(403)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        content = self.server.objects.get(self._key())
        if "list-type" in query:
            self._answer(200, self._listing(query.get("prefix", [""])[0]))
        elif content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        elif "Range" in self.headers:
            first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
            part = content[int(first) : int(last) + 1]
            self._answer(206, part, Content_Range=f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}")
        else:
            self._answer(200, content)

    def do_POST(self) -> None:
        """?delete, the one POST that is needed."""
        asked = ElementTree.fromstring(self._body())  # noqa: S314  what our own client wrote
        keys = [element.text or "" for element in asked.iter() if element.tag.endswith("Key")]
        for key in keys:
            self.server.objects.pop(key, None)
        deleted = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def do_DELETE(self) -> None:
        self.server.objects.pop(self._key(), None)
        self._answer(204)

    def log_message(self, *_: object) -> None:
        """Tests have enough to read."""

    def _key(self) -> str:
        return urlsplit(self.path).path.removeprefix(self.server.path)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _listing(self, prefix: str) -> bytes:
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-23T10:00:00.000Z</LastModified>"
            f"<Size>{len(content)}</Size><ETag>e</ETag></Contents>"
            for key, content in sorted(self.server.objects.items())
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        always = {"Content-Length": str(len(body)), "ETag": '"e"', "Last-Modified": MODIFIED}
        for header, value in (always | headers).items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def bucket(name: str) -> Iterator[str]:
    """Serve an empty bucket until the block ends; gives the endpoint. What is not signed with "key" is refused."""
    with _Bucket(name) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
