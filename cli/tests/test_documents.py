"""Files as posts: what is read, what is refused with its reason, and which pictures a text shows."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from broadsheet_cli.documents import Unreadable, documents_in, read_document, written

FRONT = "---\ntitle: A title\n---\n\n"


def document(folder: Path, text: str, name: str = "post.md") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    fields = {"title": "Ü: a", "tags": ["ink"], "status": "scheduled", "at": datetime(2027, 1, 1, 9, tzinfo=UTC)}
    read = read_document(document(tmp_path, written(fields, "# Text\n")), tmp_path)
    assert (read.fields, read.body) == (fields, "# Text\n")


def test_pictures_beside_the_text_are_found_and_named_anew(tmp_path: Path) -> None:
    (tmp_path / "a b.jpg").write_bytes(b"1")
    (tmp_path / "c.jpg").write_bytes(b"2")
    body = '![one](<a b.jpg>) ![two](c.jpg "Title") ![three](https://else.example/d.jpg) ![four](a%20b.jpg)'
    read = read_document(document(tmp_path, FRONT + body), tmp_path)
    assert {name: shown.file.name for name, shown in read.pictures.items()} == {"a b.jpg": "a b.jpg", "c.jpg": "c.jpg"}
    assert read.body_with({"a b.jpg": "/m/1", "c.jpg": "/m/2"}) == (
        '![one](/m/1) ![two](/m/2 "Title") ![three](https://else.example/d.jpg) ![four](/m/1)'
    )


@pytest.mark.parametrize("shown", ["![Boats][harbour]", "![Harbour][]", "![harbour]"])
def test_picture_that_is_defined_elsewhere_in_the_text_is_taken(tmp_path: Path, shown: str) -> None:
    (tmp_path / "c.jpg").write_bytes(b"1")
    body = f'{shown}\n\n[Harbour]: c.jpg "Title"\n[quay]: c.txt\n'
    read = read_document(document(tmp_path, FRONT + body), tmp_path)
    assert [(name, picture.file.name) for name, picture in read.pictures.items()] == [("c.jpg", "c.jpg")]
    assert read.body_with({"c.jpg": "/m/1"}) == f'{shown}\n\n[Harbour]: /m/1 "Title"\n[quay]: c.txt\n'


@pytest.mark.parametrize("shown", ["![c.jpg](c.jpg 'Title')", "![c.jpg]( c.jpg )", "![c.jpg](c(1).jpg)"])
def test_picture_is_taken_however_markdown_may_name_it(tmp_path: Path, shown: str) -> None:
    (tmp_path / "c.jpg").write_bytes(b"1")
    (tmp_path / "c(1).jpg").write_bytes(b"2")
    read = read_document(document(tmp_path, FRONT + shown), tmp_path)
    (name,) = read.pictures
    assert read.body_with({name: "/m/1"}) == "![c.jpg](" + shown.partition("](")[2].replace(name, "/m/1")


def test_pictures_of_html_are_not_taken(tmp_path: Path) -> None:
    body = '<img alt="a" src="c.jpg"> <IMG src=d.jpg><img src="https://else.example/e.jpg"> `<img src="f.jpg">`'
    read = read_document(document(tmp_path, f'{FRONT}{body}\n\n```html\n<img src="g.jpg">\n```\n'), tmp_path)
    assert (read.pictures, read.not_taken) == ({}, ("c.jpg", "d.jpg"))


def test_another_picture_under_the_same_name_is_another_post(tmp_path: Path) -> None:
    path = document(tmp_path, f"{FRONT}![](c.jpg)")
    (tmp_path / "c.jpg").write_bytes(b"1")
    before = read_document(path, tmp_path).digest
    assert read_document(path, tmp_path).digest == before
    (tmp_path / "c.jpg").write_bytes(b"2")
    assert read_document(path, tmp_path).digest != before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# no front matter", "begin with front matter"),
        ("---\ntitle: [\n---\n", "is not YAML"),
        ("---\ntags: [a]\n---\n", "has no `title`"),
        ("---\ntitel: a\n---\n", "titel (is it title?)"),
        ("---\ntitle: a\ntags: [a]\ntitle: b\n---\n", "title is there twice"),
        ("---\ntitle: 2024-05-01\n---\n", "`title` is no text to YAML; put it in quotes"),
        ("---\ntitle: a\nslug: 404\n---\n", "`slug` is no text"),
        ("---\ntitle: a\nstatus: public\n---\n", "`status` is one of"),
        ("---\ntitle: a\nstatus: scheduled\n---\n", "`at`, with its offset"),
        ("---\ntitle: a\nat: 2027-01-01T10:00:00+01:00\n---\n", "`at`, with its offset"),
        ("---\ntitle: a\ntags: ink\n---\n", "`tags` is a list"),
        (f"{FRONT}![](gone.jpg)", "there is no picture gone.jpg"),
        (f"{FRONT}![](../outside.jpg)", "lies outside"),
    ],
)
def test_what_is_no_post_is_told_with_what_to_change(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "outside.jpg").write_bytes(b"1")
    path = document(tmp_path / "folder", text)
    with pytest.raises(Unreadable, match=r"post\.md") as refused:
        read_document(path, tmp_path / "folder")
    assert told in str(refused.value)


def test_hidden_folders_hold_no_posts(tmp_path: Path) -> None:
    shown = document(tmp_path, FRONT, "2026/post.md")
    document(tmp_path, FRONT, ".trash/post.md")
    assert list(documents_in(tmp_path)) == [shown]
