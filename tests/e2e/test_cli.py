"""A folder of Markdown and pictures goes to a platform and back, by broadsheet-cli as a person runs it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from tests.support.api import PASSWORD, Json, Visitor, expect, json_of
from tests.support.photographs import photograph
from tests.support.waiting import eventually

PROGRAM = Path(sys.executable).with_name("broadsheet-cli")


class Author:
    """Somebody with a shell."""

    def __init__(self, base_url: str, folder: Path, username: str) -> None:
        self.folder = folder / "posts"
        self.folder.mkdir()
        self.username = username
        self.environment = {
            "PATH": os.environ["PATH"],
            "BROADSHEET_SERVER": base_url,
            "BROADSHEET_CONFIG_DIR": str(folder / "config"),
            "BROADSHEET_KEYRING": "off",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command: list[str | Path] = [PROGRAM, "--json", *arguments]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, *arguments: str, typed: str = "", exits: int = 0) -> Json:
        """What it tells programs."""
        process = self.start(*arguments)
        told, _ = process.communicate(typed)
        assert process.returncode == exits, told
        said: Json = json.loads(told)
        return said

    def rows(self, *arguments: str) -> list[Json]:
        """What it tells programs of several."""
        return cast("list[Json]", self.run(*arguments))

    def write(self, name: str, body: str, **fields: str) -> None:
        front = "".join(f"{key}: {value}\n" for key, value in {"title": name, **fields}.items())
        (self.folder / f"{name}.md").write_text(f"---\n{front}---\n\n{body}\n")


@pytest.fixture
def author(base_url: str, erin: Visitor, tmp_path: Path) -> Author:
    author = Author(base_url, tmp_path, erin.username)
    told = author.run("login", erin.username, "--password-stdin", typed=f"{PASSWORD}\n")
    assert told["username"] == erin.username
    return author


def test_a_folder_goes_up_and_only_what_changes_after_that(author: Author, erin: Visitor) -> None:
    (author.folder / "boats.jpg").write_bytes(photograph(480, 360, seed=erin.username))
    author.write("harbour", "![Boats](boats.jpg)", status="published", tags="[sea]")
    author.write("notes", "Words.")
    assert author.run("push")["counts"] == {"created": 2}
    assert author.run("push")["counts"] == {"same": 2}
    post = eventually(lambda: of_title(erin, "harbour", "published"), seconds=60)
    assert post["images"][0]["alt"] == "Boats"
    author.write("notes", "More words.")
    author.write("harbour", "![Boats](boats.jpg) at dawn", status="published", tags="[sea]")
    assert author.run("push")["counts"] == {"changed": 2}
    assert len(json_of(erin.http.get("/api/v2/assets"), 200)["items"]) == 1


def of_title(erin: Visitor, title: str, status: str) -> Json | None:
    items: list[Json] = json_of(erin.http.get("/api/v2/posts?mine=true"), 200)["items"]
    return next((item for item in items if item["title"] == title and item["status"] == status), None)


def test_a_push_that_is_killed_goes_on_and_makes_nothing_twice(author: Author, erin: Visitor) -> None:
    for number in range(12):
        (author.folder / f"{number}.jpg").write_bytes(photograph(240, 160, seed=f"{erin.username}{number}"))
        author.write(f"post-{number}", f"![Picture {number}]({number}.jpg)")
    process = author.start("push")
    state = author.folder / ".broadsheet/state.json"
    eventually(lambda: state.exists() and len(json.loads(state.read_text())["posts"]) > 1, seconds=60)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    author.run("push")
    assert author.run("push")["counts"] == {"same": 12}
    titles = [item["title"] for item in json_of(erin.http.get("/api/v2/posts?mine=true&limit=100"), 200)["items"]]
    assert sorted(titles) == sorted(f"post-{number}" for number in range(12))


def test_what_is_pulled_is_what_was_pushed(author: Author, erin: Visitor, tmp_path: Path) -> None:
    (author.folder / "boats.jpg").write_bytes(photograph(480, 360, seed=f"{erin.username} again"))
    author.write("harbour", "![Boats](boats.jpg) at dawn", status="published")
    author.run("push")
    eventually(lambda: of_title(erin, "harbour", "published"), seconds=60)
    author.folder = tmp_path / "elsewhere"
    author.folder.mkdir()
    assert author.run("pull")["counts"] == {"created": 1}
    (picture,) = (author.folder / "pictures").iterdir()
    (post,) = author.folder.glob("*.md")
    assert f"![Boats](pictures/{picture.name}) at dawn" in post.read_text()
    assert author.run("push")["counts"] == {"same": 1}


def test_what_a_file_cannot_say_is_kept(author: Author, erin: Visitor) -> None:
    """A picture above the text and a caption, which the studio gives, are not in the Markdown."""
    above, shown = (str(erin.upload(photograph(240, 160, seed=f"{erin.username} {n}")).json()["id"]) for n in (1, 2))
    image = {"alt": "Boats", "caption": "At dawn"}
    address = json_of(erin.http.get(f"/api/v2/assets/{shown}"), 200)["urls"]["large"]
    images = [image | {"media": above}, image | {"media": shown}]
    erin.create_post(title="harbour", body=f"![Boats]({address})", images=images)
    author.run("pull")
    (post,) = author.folder.glob("*.md")
    post.write_text(post.read_text() + "More words.\n")
    assert author.run("push")["counts"] == {"changed": 1}
    kept = json_of(erin.http.get("/api/v2/posts?mine=true&fields=images"), 200)["items"][0]["images"]
    assert [(each["media_id"], each["caption"]) for each in kept] == [(above, "At dawn"), (shown, "At dawn")]


def test_two_sides_that_both_changed_are_told_and_neither_is_lost(author: Author, erin: Visitor) -> None:
    author.write("shared", "the first words")
    post_id = author.run("push")["files"][0]["post"]
    path = f"/api/v2/posts/{post_id}"
    tag = erin.http.get(path).headers["ETag"]
    json_of(erin.http.patch(path, json={"body": "their words"}, headers={"If-Match": tag}), 200)
    author.write("shared", "my words")
    for command in ("push", "pull"):
        (told,) = author.run(command, exits=4)["files"]
        assert told["why"]["code"] == "conflict"
    assert "my words" in (author.folder / "shared.md").read_text()
    assert json_of(erin.http.get(path), 200)["body"] == "their words"
    assert author.run("push", "--force")["counts"] == {"changed": 1}
    assert json_of(erin.http.get(path), 200)["body"] == "my words\n"


def test_a_post_is_published_by_its_file(author: Author, erin: Visitor) -> None:
    author.write("later", "words")
    author.run("push")
    author.run("publish", "later.md")
    assert of_title(erin, "later", "published")
    assert author.run("publish", "later.md")["status"] == "published"  # already
    author.write("later", "other words", status="published")
    assert author.run("push")["counts"] == {"changed": 1}


def test_what_readers_report_is_decided(author: Author, alice: Visitor, bob: Visitor) -> None:
    author.write("harbour", "Words.", status="published")
    author.run("push")
    (post,) = author.rows("posts", "--status", "published")
    assert author.rows("posts", "--status", "draft,scheduled") == []
    said = json_of(alice.http.post(f"/api/v2/posts/{post['id']}/comments", json={"body": "Boats for sale"}), 201)["id"]
    expect(bob.http.post(f"/api/v2/comments/{said}/report", json={"reason": "advertising"}), 202)
    (waiting,) = author.rows("comments", "review", "--post", "harbour.md")
    assert (waiting["id"], waiting["reports_count"], waiting["reports"][0]["reason"]) == (said, 1, "advertising")
    assert author.run("comments", "reject", said)["state"] == "removed"
    assert author.rows("comments", "review", "--status", "removed")[0]["decisions"][0]["verdict"] == "rejected"
    assert author.run("comments", "hold", said)["state"] == "held"
    assert author.run("comments", "approve", said)["state"] == "visible"
    assert author.rows("comments", "review") == []
    assert [each["body"] for each in author.rows("comments", "list", "harbour.md")] == ["Boats for sale"]


def test_what_is_refused_is_told_by_its_code(author: Author) -> None:
    (author.folder / "script.jpg").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    author.write("refused", "![](script.jpg)")
    author.write("fine", "words")
    told = author.run("push", exits=1)
    assert told["counts"] == {"created": 1, "failed": 1}
    (why,) = [file["why"] for file in told["files"] if file["done"] == "failed"]
    assert (why["code"], why["status"]) == ("unsupported_media_type", 415)


def test_an_ended_session_and_a_silent_server_have_their_own_exit_codes(author: Author) -> None:
    author.run("logout")
    assert author.run("whoami", exits=3)["error"]["code"] == "not_logged_in"
    author.environment |= {"BROADSHEET_SERVER": "http://127.0.0.1:9", "BROADSHEET_TOKEN": "any"}
    assert author.run("whoami", exits=5)["error"]["code"] == "unreachable"
