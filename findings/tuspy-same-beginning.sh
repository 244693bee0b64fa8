#!/bin/bash
# tuspy 1.1.0 with store_url=True (resuming over restarts): a file is known by its size and the MD5 of its first 64 KiB alone.
# Another file that agrees in both, as pictures of one camera in a format of fixed size or exports of one program do, is taken
# for the first: its bytes are never sent, upload() ends well and uploader.url is the address of the other file. Guessed: the
# whole content, or at least the path, tells two files apart. Output seen (what the server was asked for):
#   first.raw: POST PATCH, 100000 bytes held
#   second.raw: HEAD, 100000 bytes held
#   same address: True, same content: False
# So give Client.uploader() a fingerprinter= that hashes the whole file, or name the file's identity in the key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tuspy==1.1.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

asked, uploads = [], []


class Tus(BaseHTTPRequestHandler):
    """Creation and appending of tus 1.0, in memory."""

    def answer(self, status, **headers):
        asked.append(self.command)
        self.send_response(status)
        for name, value in {"Tus-Resumable": "1.0.0", "Content-Length": "0", **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def do_POST(self):
        uploads.append(b"")
        self.answer(201, Location=f"/files/{len(uploads) - 1}")

    def do_HEAD(self):
        self.answer(200, Upload_Offset=len(uploads[self.number]))

    def do_PATCH(self):
        uploads[self.number] += self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(204, Upload_Offset=len(uploads[self.number]))

    @property
    def number(self):
        return int(self.path.rpartition("/")[2])

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Tus)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = TusClient(f"http://127.0.0.1:{server.server_port}/files")
storage = FileStorage("addresses.json")
urls = []
for name, end, expected in (("first.raw", b"1", ["POST", "PATCH"]), ("second.raw", b"2", ["HEAD"])):
    Path(name).write_bytes(b"0" * 65536 + end * 34464)
    asked.clear()
    uploader = client.uploader(name, store_url=True, url_storage=storage)
    uploader.upload()
    urls.append(uploader.url)
    print(f"{name}: {' '.join(asked)}, {len(uploads[-1])} bytes held")
    assert asked == expected, "the behaviour has changed"
same = Path("first.raw").read_bytes() == Path("second.raw").read_bytes()
print(f"same address: {urls[0] == urls[1]}, same content: {same}")
assert urls[0] == urls[1] and len(uploads) == 1, "the behaviour has changed"
PYTHON
