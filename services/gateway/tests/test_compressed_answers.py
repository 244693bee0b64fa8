"""Compression of a running gateway, as real clients see it: httpx and curl."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from chassis.events.testing import example
from gateway_service.testing.fake_relay import publish, relaying
from gateway_service.testing.fake_upstream import Call, FakeUpstream, Handler
from gateway_service.testing.running import Running, eventually
from uuid_utils.compat import uuid7

POSTS, POST, SESSIONS = "/api/v1/posts", "/api/v1/posts/first-light", "/api/v1/auth/sessions"
TEXT = json.dumps({"body": "as it was in the morning, " * 400}).encode()
HEADERS = ("Content-Type: application/json", 'ETag: "7"')
CODINGS = ["br", "zstd", "gzip"]


def answering(*headers: str, body: bytes = TEXT) -> Handler:
    async def answer(call: Call) -> None:
        if call.seen.header("if-none-match") == '"7"':
            await call.answer(status="304 Not Modified", headers=('ETag: "7"',))
        else:
            await call.answer(body, headers=headers or HEADERS)

    return answer


def size(answer: httpx.Response) -> int:
    """How much came over the wire."""
    return answer.num_bytes_downloaded


@pytest.mark.parametrize("coding", CODINGS)
def test_httpx_reads_what_is_compressed(stranger: httpx.Client, blog: FakeUpstream, coding: str) -> None:
    blog.handlers[POST] = answering()
    answer = stranger.get(POST, headers={"Accept-Encoding": coding})
    assert (answer.headers["Content-Encoding"], answer.headers["ETag"]) == (coding, f'"7~{coding}"')
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert size(answer) < len(TEXT) / 10
    if coding != "zstd":  # httpx reads that with a package it does not bring
        assert answer.content == TEXT
    known = stranger.get(POST, headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["ETag"]})
    assert (known.status_code, known.headers["ETag"], known.content) == (304, f'"7~{coding}"', b"")
    assert blog.requests[-1].header("if-none-match") == '"7"'


def test_curl_reads_what_is_compressed(gateway: Running, blog: FakeUpstream) -> None:
    curl = shutil.which("curl")
    assert curl
    blog.handlers[POST] = answering()
    told = subprocess.run(
        [curl, "-sS", "--compressed", "-D", "-", gateway.url + POST], capture_output=True, check=True
    ).stdout
    head, _, body = told.partition(b"\r\n\r\n")
    assert body == TEXT
    assert b"content-encoding: " in head.lower()


def test_what_was_read_compressed_can_be_written(alice: httpx.Client, blog: FakeUpstream) -> None:
    blog.handlers[POST] = answering()
    tag = alice.get(POST, headers={"Accept-Encoding": "br"}).headers["ETag"]
    assert tag == '"7~br"', "a post repeats nothing that was asked, and is compressed for its author, too"
    alice.patch(POST, json={}, headers={"If-Match": tag})
    assert blog.requests[-1].header("if-match") == '"7"'


def test_long_answer_is_compressed_as_it_passes(stranger: httpx.Client, blog: FakeUpstream) -> None:
    text = TEXT * 400
    blog.handlers[POST] = answering(body=text)
    answer = stranger.get(POST, headers={"Accept-Encoding": "gzip"})
    assert answer.content == text
    assert "Content-Length" not in answer.headers
    assert size(answer) < len(text) / 10


def test_head_and_ranges(stranger: httpx.Client, blog: FakeUpstream) -> None:
    async def head(call: Call) -> None:
        length = f"Content-Length: {len(TEXT)}"
        await call.send(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode() + "\r\n".join((*HEADERS, "", "")).encode())

    blog.handlers[POST] = head
    told = stranger.head(POST, headers={"Accept-Encoding": "br"})
    assert (told.headers["Content-Encoding"], told.headers["ETag"]) == ("br", '"7~br"')
    assert "Content-Length" not in told.headers
    blog.handlers[POST] = answering()
    part = stranger.get(POST, headers={"Accept-Encoding": "br", "Range": "bytes=0-9"})
    assert ("Content-Encoding" in part.headers, part.headers["ETag"], part.content) == (False, '"7"', TEXT)


def test_sessions_and_lists_of_ones_own_are_not_compressed(
    alice: httpx.Client, auth: FakeUpstream, blog: FakeUpstream
) -> None:
    blog.handlers[POSTS] = answering()
    auth.handlers[SESSIONS] = answering()
    try:
        for path in (POSTS, SESSIONS):
            answer = alice.get(path, headers={"Accept-Encoding": "br, gzip"})
            assert ("Content-Encoding" in answer.headers, answer.content) == (False, TEXT)
    finally:
        del auth.handlers[SESSIONS]


def test_kept_answer_is_compressed_once_for_each_coding(
    start_gateway: Callable[..., Running], blog: FakeUpstream, tmp_path: Path
) -> None:
    bus = f"sqlite:///{tmp_path}/bus.sqlite3"
    kept = ("Cache-Control: public, max-age=0, s-maxage=60", "Surrogate-Key: posts")
    blog.handlers[POSTS] = answering(*HEADERS, *kept)

    def metric(name: str) -> float:
        page = httpx.get(f"{running.admin_url}/metrics").text
        return sum(float(line.split()[-1]) for line in page.splitlines() if line.startswith(name))

    with relaying(bus):
        running = start_gateway(EVENTS_URL=bus)
        running.wait_until_ready()
        eventually(lambda: metric('gateway_cache_current{upstream="blog"}') == 1)
        for coding in (*CODINGS, *CODINGS):
            answer = httpx.get(running.url + POSTS, headers={"Accept-Encoding": coding})
            assert (answer.headers["Content-Encoding"], answer.headers["ETag"]) == (coding, f'"7~{coding}"')
            assert int(answer.headers["Content-Length"]) < len(TEXT) / 10
        assert httpx.get(running.url + POSTS, headers={"Accept-Encoding": "identity"}).content == TEXT
        known = httpx.get(running.url + POSTS, headers={"Accept-Encoding": "br", "If-None-Match": '"7~br"'})
        assert (known.status_code, known.headers["ETag"], known.headers["X-Cache"]) == (304, '"7~br"', "hit")
        assert len([seen for seen in blog.requests if seen.target == POSTS]) == 1
        assert metric('gateway_compression_bytes_total{stage="before"}') == len(CODINGS) * len(TEXT)
        assert metric("gateway_compressed_total") == 2 * len(CODINGS)
        publish(bus, replace(example("blog.post.published.v1"), id=uuid7()))
        eventually(lambda: httpx.get(running.url + POSTS).headers["X-Cache"] == "miss")
