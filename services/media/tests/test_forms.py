"""Bodies of uploads, well and badly made."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from chassis.problems import Problem
from chassis.text import fault_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from media_service.pictures.scratch import Scratch
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person
from media_service.uploads.fields import WRITE_AT, FileField, TextField
from media_service.uploads.form import Form

Check = Callable[[], None]
FORM = "multipart/form-data; boundary=b"


def part(name: str, content: bytes, more: str = "") -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--b--\r\n"


async def post(person: Person, content: bytes, content_type: str = FORM) -> Any:
    return await person.send("POST", "/api/v1/media", content=content, headers={"content-type": content_type})


@pytest.mark.parametrize("name", ["", '; filename="a.jpg"', '; filename="%s"' % ("x" * 3000), '; filename="\xff\x01"'])
async def test_the_parts_may_come_in_any_order(alice: Person, name: str) -> None:
    file, alt = part("file", jpeg(), name), part("alt", "Grüße".encode())
    for parts in ((file, alt), (alt, part("other", b"ignored"), file)):
        answer = await post(alice, body(*parts))
        assert (answer.status_code, answer.json()["alt"]) == (201, "Grüße")


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (body(part("alt", b"x")), {"file"}),
        (body(part("file", b"", '; filename="a"')), {"file"}),
        (body(part("file", jpeg()), part("file", jpeg())), {"file"}),
        (body(part("file", jpeg()), part("alt", b"\xff\xfe")), {"alt"}),
        (body(part("file", jpeg()), part("alt", b"a\0b")), {"alt"}),
        (body(part("file", jpeg()), part("alt", b"a\x08b")), {"alt"}),
        (body(part("file", jpeg()), part("alt", "\u202ea".encode())), {"alt"}),
        (body(part("file", jpeg()), part("alt", b"x" * 1001)), {"alt"}),
        (body(part("file", jpeg()), part("alt", b"x" * 9000)), {"alt"}),
        (body(part("alt", b"x"), part("alt", b"x"), part("file", jpeg())), {"alt"}),
    ],
    ids=[
        "no file",
        "empty file",
        "two files",
        "not UTF-8",
        "NUL",
        "control",
        "open direction",
        "long alt",
        "very long alt",
        "two alts",
    ],
)
async def test_wrong_fields_are_named(alice: Person, nothing_is_kept: Check, content: bytes, fields: set[str]) -> None:
    answer = await post(alice, content)
    assert answer.status_code == 400
    assert set(answer.json()) == fields
    assert all(isinstance(message, str) for messages in answer.json().values() for message in messages)
    nothing_is_kept()


@pytest.mark.parametrize("content_type", ["", "image/jpeg", "application/json", "multipart/mixed; boundary=b", "\xff;"])
async def test_anything_but_a_form_is_unsupported(alice: Person, content_type: str) -> None:
    answer = await alice.send(
        "POST", "/api/v1/media", content=jpeg(), headers={b"content-type": content_type.encode("latin-1")}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (body(part("file", jpeg()))[:-20], FORM),
        (part("file", jpeg()), FORM),
        (b"", FORM),
        (b"--other\r\n\r\n--other--", FORM),
        (body(part("file", jpeg())), "multipart/form-data"),
        (body(part("file", jpeg())), "multipart/form-data; boundary=" + "b" * 300),
        (body(b"--b\r\n\r\nno name\r\n"), FORM),
        (body(b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n"), FORM),
        (body(b"--b\r\nbad header\r\n\r\nx\r\n"), FORM),
        (body(b"--b\r\n" + b"X: y\r\n" * 100 + b"\r\nx\r\n"), FORM),
        (body(b"--b\r\nX: " + b"y" * 100_000 + b"\r\n\r\nx\r\n"), FORM),
        (body(*[part("other", b"")] * 30), FORM),
    ],
)
async def test_bad_framing_is_said(alice: Person, nothing_is_kept: Check, content: bytes, content_type: str) -> None:
    answer = await post(alice, content, content_type)
    assert (answer.status_code, answer.json()["code"]) == (400, "multipart_malformed")
    nothing_is_kept()


async def test_other_parts_may_not_be_huge(alice: Person, nothing_is_kept: Check) -> None:
    answer = await post(alice, body(part("other", bytes(60_000_000)), part("file", jpeg())))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    nothing_is_kept()


def read(content: bytes, sizes: list[int], scratch: Scratch) -> tuple[bytes, str]:
    """Feed a body in pieces of these sizes, over and over."""
    file, alt = FileField("file", scratch.file(), 10_000), TextField("alt", 100)
    form = Form(FORM, {"file": file, "alt": alt}, max_bytes=20_000)
    at = turn = 0
    while at < len(content):
        size = sizes[turn % len(sizes)]
        form.feed(content[at : at + size])
        at, turn = at + size, turn + 1
    form.finish()
    file.write()
    file._into.seek(0)
    return file._into.read(), alt.text()


DISPOSITION = b"Content-Disposition: form-data; name="
SHARDS = [
    b"\r",
    b"\n",
    b":",
    b";",
    b"\0",
    b"\xff",
    b'"',
    b" ",
    b"--b",
    b"--b--",
    b"\r\n",
    DISPOSITION,
    b"file",
    b"alt",
    b"--",
    part("file", b"x"),
]
fuzz = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzz
@given(st.binary(max_size=300), st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
       st.lists(st.integers(1, 90), min_size=1, max_size=5))  # fmt: skip
def test_a_form_reads_the_same_in_whatever_pieces_it_comes(
    scratch: Scratch, file: bytes, alt: str, sizes: list[int]
) -> None:
    if b"--b" not in file and "--b" not in alt and not fault_of(alt):
        assert read(body(part("file", file), part("alt", alt.encode())), sizes, scratch) == (file, alt)


@fuzz
@given(st.data())
def test_no_body_breaks_the_reader(scratch: Scratch, data: st.DataObject) -> None:
    content = b"".join(data.draw(st.lists(st.sampled_from(SHARDS) | st.binary(max_size=8), max_size=30)))
    with suppress(Problem):
        read(content, data.draw(st.lists(st.integers(1, 50), min_size=1, max_size=3)), scratch)


def test_a_file_may_have_so_many_bytes_and_not_one_more(scratch: Scratch) -> None:
    assert len(read(body(part("file", bytes(10_000))), [1000], scratch)[0]) == 10_000
    with pytest.raises(Problem, match="10,000"):
        read(body(part("file", bytes(10_001))), [1000], scratch)


def test_a_large_file_is_never_in_memory(scratch: Scratch) -> None:
    file = FileField("file", scratch.file(), 50_000_000)
    form = Form(FORM, {"file": file}, max_bytes=50_000_000)
    form.feed(b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n')
    most = 0
    for _ in range(600):
        form.feed(bytes(65_536))
        most = max(most, len(file._waiting))
        if file.should_write:
            file.write()
    assert most < WRITE_AT + 2 * 65_536


@pytest.mark.parametrize("name", ["visibility", "focal"])
async def test_a_picture_that_is_to_be_private_is_not_taken_for_a_public_one(
    alice: Person, nothing_is_kept: Check, name: str
) -> None:
    answer = await post(alice, body(part("file", jpeg()), part(name, b"private")))
    assert (answer.status_code, list(answer.json())) == (400, [name])
    nothing_is_kept()
