"""Posts from elsewhere, and out again: all of one or nothing of it, once, with a word on what is lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from blog_service.commands import COMMANDS
from blog_service.posts.models import Post, PostImage
from blog_service.posts.services.writing import post_create
from blog_service.sent_pictures.models import SentPicture
from blog_service.settings import settings
from blog_service.testing import Caller, Neighbours
from blog_service.transfer import folder as folder_module
from blog_service.transfer import importing
from blog_service.transfer.entries import Unreadable
from blog_service.transfer.folder import file_within
from blog_service.transfer.html import LARGEST, body_of, pictures_in, shortcodes_in
from blog_service.transfer.models import ImportedPost
from chassis.testing.local_server import LocalServer, Received

SAMPLES = Path(__file__).parent / "transfer"
PNG = b"\x89PNG lake"
Run = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def run(alice: Caller, tmp_path: Path) -> Run:
    """`broadsheet blog import` with a token of alice's; gives its exit code and its report."""

    def import_(source: Path, *words: str, who: Caller = alice) -> tuple[int, list[dict[str, Any]]]:
        token, report = tmp_path / "token", tmp_path / "report"
        token.write_text(who.token + "\n")
        report.write_text("")
        with pytest.raises(SystemExit) as ended:
            COMMANDS["import"]([str(source), f"--token={token}", f"--report={report}", *words])
        return int(str(ended.value.code)), list(map(json.loads, report.read_text().splitlines()))

    return import_


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a generator of static sites has it."""
    made = tmp_path / "site"
    (made / "notes").mkdir(parents=True)
    (made / "lake.png").write_bytes(PNG)
    (made / "first.md").write_text(
        "---\ntitle: First light\ndate: 2020-03-01T06:30:00+01:00\ntags: [Dawn, Walking]\n"
        "slug: light\nsummary: Early.\n"
        "images:\n  - {file: lake.png, caption: The lake, alt: Water}\n---\n# Up\n\nBefore the others.\n"
    )
    (made / "notes" / "draft.md").write_text("---\ndraft: true\ntitle: Not yet\n---\n![Water](../lake.png)\n")
    (made / "notes" / "plain-note.md").write_text("# A heading is the title\n\nAnd this the text.\n")
    return made


def left(report: list[dict[str, Any]]) -> dict[str, str]:
    return {line["key"]: line["why"] for line in report if line["what"] == "left"}


def test_a_folder_of_markdown_is_taken_with_its_pictures(
    run: Run, folder: Path, alice: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    (folder / "notes" / "draft.md").unlink()
    code, report = run(folder)
    assert (code, [line["what"] for line in report]) == (0, ["taken", "taken"])
    post = charlie.get("v1/posts/light").body
    assert (post["title"], post["tags"], post["published_at"]) == (
        "First light",
        ["Dawn", "Walking"],
        "2020-03-01T05:30:00.000Z",
    )
    (image,) = post["images"]
    assert (image["caption"], image["alt"], image["state"]) == ("The lake", "Water", "confirmed")
    assert neighbours.pictures[image["media"]] == PNG
    assert post["author"]["username"] == "alice"
    assert charlie.get("v1/posts/a-heading-is-the-title").body["body"] == "And this the text.\n"
    assert charlie.get("v2/posts/by-slug/light").body["summary"] == "Early."
    assert SentPicture.objects.count() == 0


def test_a_picture_of_the_text_is_shown_from_here(run: Run, folder: Path, alice: Caller) -> None:
    (folder / "notes" / "lake.png").write_bytes(PNG)
    (folder / "notes" / "draft.md").write_text("---\ndraft: true\ntitle: Not yet\n---\nSee ![Water](lake.png)!\n")
    assert run(folder)[0] == 0
    post = alice.get("v1/posts/not-yet").body
    assert not post["published"]
    assert post["body"] == f"See ![Water]({settings().public_url}/m/{post['images'][0]['media']}/large)!\n"


def test_what_was_taken_is_there_once_however_often_it_is_begun_again(
    run: Run, folder: Path, alice: Caller, bob: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "notes" / "draft.md").unlink()
    creates = post_create

    def dies(*arguments: Any, **named: Any) -> Any:
        if Post.objects.exists():
            raise KeyboardInterrupt
        return creates(*arguments, **named)

    with monkeypatch.context() as cut:
        cut.setattr(importing, "post_create", dies)
        with pytest.raises(KeyboardInterrupt):
            run(folder)
    assert Post.objects.count() == 1
    assert [line["what"] for line in run(folder)[1]] == ["present", "taken"]
    assert [line["what"] for line in run(folder)[1]] == ["present", "present"]
    assert Post.objects.count() == ImportedPost.objects.count() == 2
    assert [line["what"] for line in run(folder, who=bob)[1]] == ["taken", "taken"], "of somebody else it is another"


def test_what_cannot_be_taken_is_named_and_leaves_nothing(
    run: Run, folder: Path, alice: Caller, neighbours: Neighbours, capsys: pytest.CaptureFixture[str]
) -> None:
    neighbours.refused[b"no picture"] = (422, {"detail": "This is no picture.", "code": "image_refused"})
    (folder / "bad.png").write_bytes(b"no picture")
    (folder / "long.md").write_text(f"---\ntitle: {'a' * 201}\n---\n")
    (folder / "refused.md").write_text("---\ntitle: Refused\nimages: [lake.png, bad.png]\n---\n")
    (folder / "date.md").write_text("---\ntitle: When\ndate: someday\n---\n")
    (folder / "yaml.md").write_text("---\ntitle: [\n---\n")
    code, report = run(folder)
    assert code == 1
    why = left(report)
    assert why.keys() == {"long.md", "refused.md", "date.md", "yaml.md", "notes/draft.md"}
    assert "title" in why["long.md"]
    assert why["refused.md"] == "images[1]: This is no picture."
    assert "outside of the folder" in why["notes/draft.md"]
    *said, summary = capsys.readouterr().out.splitlines()
    assert set(said) == {f"{key}: {fault}" for key, fault in why.items()}
    assert summary == "2 taken, 0 present, 5 left"
    assert Post.objects.count() == 2
    assert list(neighbours.pictures.values()) == [PNG], "the first picture of the refused post was released"


@pytest.mark.parametrize(
    ("matter", "why"),
    [
        ("images: [/etc/passwd]", "outside of the folder"),
        ("images: [../../etc/passwd]", "outside of the folder"),
        ("images: [link.png]", "is a link"),
        ("images: [linked/lake.png]", "is a link"),
        ("images: [missing.png]", "is no file"),
        ("images: [large.png]", "has more than"),
        ("title: !!python/object/apply:os.system [id]", "could not determine a constructor"),
        ("a: &a [x, x]\nb: &b [*a, *a]\ntitle: [*b, *b]", "aliases"),
        ("a: " + "[" * 2000, ""),
        ("- a list", "no mapping"),
    ],
)
def test_a_file_names_nothing_outside_and_runs_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, matter: str, why: str
) -> None:
    monkeypatch.setattr(folder_module, "LARGEST_PICTURE", 10)
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "lake.png").write_bytes(PNG)
    (site / "large.png").write_bytes(PNG * 2)
    (site / "link.png").symlink_to("/etc/passwd")
    (site / "linked").symlink_to(tmp_path / "elsewhere")
    (site / "outside.md").symlink_to("/etc/passwd")
    (site / "post.md").write_text(f"---\n{matter}\n---\ntext\n")
    code, report = run(site)
    assert (code, [line["key"] for line in report]) == (1, ["post.md"])
    assert why in left(report)["post.md"]
    assert Post.objects.count() == 0


@pytest.mark.parametrize("name", ["..", "a/../../b", "\\..\\b", "a\0b", "/a", ""])
def test_no_way_round_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable):
        file_within(tmp_path, name)


def gives_pictures(receiver: LocalServer) -> list[str]:
    """The old site still shows its pictures; gives the list of what is asked of it."""
    asked: list[str] = []

    def reply(request: Received) -> tuple[int, bytes]:
        asked.append(request.path)
        return 200, b"\x89PNG " + request.path.encode()

    receiver.reply = reply
    return asked


def test_an_export_of_ghost_is_taken(
    run: Run, alice: Caller, charlie: Caller, receiver: LocalServer, neighbours: Neighbours
) -> None:
    asked = gives_pictures(receiver)
    code, report = run(SAMPLES / "ghost.json", "--format=ghost", f"--site={receiver.url}/")
    assert code == 1
    assert {line["slug"]: line["notes"] for line in report if line["what"] == "taken"} == {
        "coming-home": [],
        "for-members": ["was for paid, has no such limit here"],
        "next-week": ["was scheduled, is a draft"],
    }
    assert sorted(left(report).values()) == [
        "has no HTML; export from a version that writes it",
        "is a page, no post",
    ]
    assert asked == ["/content/images/2023/09/lake.png", "/content/images/2023/09/hut.png?a=1&b=2"]
    post = charlie.get("v1/posts/coming-home").body
    assert (post["tags"], post["published_at"]) == (["Walking", "Autumn"], "2023-09-12T07:30:00.000Z")
    assert [image["alt"] for image in post["images"]] == ["", "A hut"]
    assert f'src="{settings().public_url}/m/{post["images"][1]["media"]}/large"' in post["html"]
    assert "alert" not in post["html"]
    assert "    four = 4" in post["html"], "code keeps its indentation"
    assert "<pre>" in post["html"]
    assert post["html"].count("<pre>") == 1, "and what is only indented is none"
    assert charlie.get("v1/posts/next-week").status == 404


def test_an_export_of_wordpress_is_taken(
    run: Run, charlie: Caller, receiver: LocalServer, tmp_path: Path, neighbours: Neighbours
) -> None:
    gives_pictures(receiver)
    export = tmp_path / "export.xml"
    export.write_text((SAMPLES / "wordpress.xml").read_text().replace("PICTURES", receiver.url))
    code, report = run(export, "--format=wordpress")
    assert code == 1
    assert left(report) == {"8": "has a password of its own, and would have none here", "2": "is a page, no post"}
    taken = {line["key"]: line for line in report if line["what"] == "taken"}
    assert taken["7"]["notes"] == [
        "1 comments are left out: their authors have no account here",
        "what plugins would show stays as text: gallery",
    ]
    assert taken["10"]["notes"] == ["was private, is a draft"]
    post = charlie.get("v1/posts/roses").body
    assert (post["title"], post["tags"]) == ("Roses & thorns", ["Garden", "Roses"])
    assert (post["published_at"], post["excerpt"][:11]) == ("2019-05-20T08:15:00.000Z", "They bloom.")
    assert f"/m/{post['images'][0]['media']}/large" in post["html"]
    assert "style" not in post["html"]
    assert "wp:paragraph" not in post["body"]
    assert "<p>Old paragraphs\nhave no tags.</p>" in post["html"]


ENTITIES = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><item>&b;</item></channel></rss>'
OUTSIDE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item>&x;</item></channel></rss>'


@pytest.mark.parametrize(
    ("format_", "content"),
    [
        ("wordpress", ENTITIES),
        ("wordpress", OUTSIDE),
        ("wordpress", '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/a.dtd"><rss/>'),
        ("wordpress", "<html></html>"),
        ("wordpress", "<rss><channel>"),
        ("wordpress", "no xml"),
        ("ghost", "{"),
        ("ghost", "[]"),
        ("ghost", '{"db": []}'),
        ("ghost", '{"db": [{"data": {"posts": {}}}]}'),
        ("ghost", '{"db": [{"data": {"posts": [1]}}]}'),
        ("ghost", "[" * 200_000),
    ],
)
def test_what_is_no_export_is_refused_whole(run: Run, tmp_path: Path, format_: str, content: str) -> None:
    file = tmp_path / "export"
    file.write_text(content)
    assert run(file, f"--format={format_}") == (2, [])
    assert Post.objects.count() == 0


def test_pictures_come_only_from_where_webhooks_may_go_and_by_no_way_round(
    run: Run, folder: Path, receiver: LocalServer, monkeypatch: pytest.MonkeyPatch, alice: Caller
) -> None:
    receiver.headers["Location"] = "http://169.254.169.254/"
    receiver.reply = lambda _request: (302, b"")
    for path in folder.rglob("*.md"):
        path.unlink()
    (folder / "moved.md").write_text(f"---\ntitle: Moved\n---\n![a]({receiver.url}/a.png)\n")
    (folder / "inside.md").write_text("---\ntitle: Inside\n---\n![a](http://169.254.169.254/latest/)\n")
    (folder / "file.md").write_text("---\ntitle: File\n---\n![a](file:///etc/passwd)\n")
    code, report = run(folder)
    why = left(report)
    assert code == 1
    assert set(why) == {"moved.md", "inside.md", "file.md"}
    assert "answered 302" in why["moved.md"]
    assert "https://" in why["inside.md"]
    assert "no address to take a picture from" in why["file.md"]
    monkeypatch.setitem(settings().__dict__, "webhook_loopback", False)
    assert "https://" in left(run(folder)[1])["moved.md"]
    code, report = run(folder, "--leave-pictures")
    assert [line["what"] for line in report] == ["left", "taken", "taken"]
    assert all("picture left where it is" in line["notes"][0] for line in report[1:])
    assert alice.get("v1/posts/moved").body["body"] == f"![a]({receiver.url}/a.png)\n"


def test_who_may_not_write_takes_nothing_in(run: Run, folder: Path, alice: Caller, mint: Any) -> None:
    reader = Caller("rita", mint, roles=("reader",))
    assert run(folder, who=reader) == (2, [])
    alice.scope = "account"
    assert run(folder) == (2, [])


def test_while_media_is_away_the_import_ends_and_goes_on_later(
    run: Run, folder: Path, neighbours: Neighbours, alice: Caller
) -> None:
    (folder / "notes" / "draft.md").unlink()
    neighbours.away = True
    assert run(folder)[0] == 2
    assert Post.objects.count() == 0
    neighbours.away = False
    assert run(folder)[0] == 0


def test_a_slug_that_is_taken_is_another_and_said(run: Run, folder: Path, alice: Caller, bob: Caller) -> None:
    (folder / "notes" / "draft.md").unlink()
    bob.writes("Light")
    code, report = run(folder)
    assert code == 0
    assert (report[0]["slug"], report[0]["notes"]) == ("first-light", ["was called light"])


def test_what_is_written_out_is_taken_in_again_as_it_was(
    run: Run, folder: Path, alice: Caller, bob: Caller, neighbours: Neighbours
) -> None:
    (folder / "notes" / "draft.md").unlink()
    run(folder)
    alice.writes("A draft", body="---\nnot front matter\n---\n", tags=["x: y", "'"])
    out = folder.parent / "out"

    def export(*words: str) -> int:
        with pytest.raises(SystemExit) as ended:
            COMMANDS["export"]([str(out), *words])
        return int(str(ended.value.code))

    assert export("--author=alice") == 0
    written = {path.name: path.stat().st_mtime_ns for path in out.glob("*.md")}
    assert written.keys() == {"light.md", "a-heading-is-the-title.md", "a-draft.md"}
    assert export() == 0
    assert {path.name: path.stat().st_mtime_ns for path in out.glob("*.md")} == written, "what is there stays"
    alice.patch("v1/posts/a-draft", {"body": "---\nnot front matter either\n---\n"})
    export()
    assert "either" in (out / "a-draft.md").read_text()

    (lost,) = {str(image.asset_id) for image in PostImage.objects.filter(post__slug="light")}
    content = neighbours.pictures.pop(lost)
    (out / "light.md").unlink()
    next((out / "pictures").glob(f"{lost}.*")).unlink()
    assert export() == 1, "a picture could not be had"
    assert lost not in (out / "light.md").read_text()
    neighbours.pictures[lost] = content
    assert export() == 0, "which another run has"
    assert lost in (out / "light.md").read_text()

    code, report = run(out, who=bob)
    assert (code, {line["what"] for line in report}) == (0, {"taken"})
    parts = ("title", "body", "tags", "published", "published_at", "created_at", "excerpt")
    for line in report:
        original = Post.objects.get(id=line["key"])
        before, after = (alice.get(f"v1/posts/{original.slug}").body, bob.get(f"v1/posts/{line['slug']}").body)
        assert [after[part] for part in parts] == [before[part] for part in parts]
        assert [(image["caption"], image["alt"]) for image in after["images"]] == [
            (image["caption"], image["alt"]) for image in before["images"]
        ]
        assert [neighbours.pictures[image["media"]] for image in after["images"]] == [
            neighbours.pictures[image["media"]] for image in before["images"]
        ]


@pytest.mark.parametrize("opened", ["<!--wp:", "<pre ", "[gallery ", "<img "])
def test_what_is_never_closed_is_text(opened: str) -> None:
    html = "closed <!--wp:more--><pre>  x</pre>\nand " + opened * 20_000
    assert body_of(html) == html.replace("<!--wp:more-->", "").strip()
    assert (pictures_in(html), shortcodes_in(html)) == ((), set())


def test_a_text_that_no_post_may_have_is_left() -> None:
    with pytest.raises(Unreadable, match="more than"):
        body_of("x" * (LARGEST + 1))
