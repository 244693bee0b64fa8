"""A push that meets bad luck in its middle, as its author sees it: a sentence, the way on, and nothing lost."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from broadsheet_cli.credentials import Credentials
from broadsheet_cli.main import app
from broadsheet_cli.pushing import PICTURES_AT_A_TIME, POSTS_MORE
from typer.testing import CliRunner, Result

from tests.support.small_platform import CURRENT, MEDIA, POSTS, REFRESH, SESSIONS, Answer, Bad, SmallPlatform, running

FILES = 40  # more than twice as many as are under way at a time


@dataclass
class Author:
    """With a folder of posts, each with a picture, and a session."""

    platform: SmallPlatform
    folder: Path

    def run(self, *arguments: str) -> Result:
        result = CliRunner().invoke(app, arguments)
        assert "secret-" not in result.stdout + result.stderr
        assert not result.exception or isinstance(result.exception, SystemExit), result.exception
        return result

    def push(self, *options: str) -> Result:
        return self.run(*options, "push", str(self.folder))

    def told(self, *, exits: int) -> dict[str, Any]:
        """What a push tells programs."""
        result = self.push("--json")
        assert result.exit_code == exits, result.stdout
        told: dict[str, Any] = json.loads(result.stdout)
        return told

    def log_in(self) -> None:
        Credentials().keep(self.platform.address, "secret-refresh")


@pytest.fixture
def platform() -> Iterator[SmallPlatform]:
    with running() as platform:
        yield platform


@pytest.fixture
def author(platform: SmallPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Author:
    monkeypatch.setenv("BROADSHEET_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("BROADSHEET_KEYRING", "off")
    monkeypatch.setenv("BROADSHEET_SERVER", platform.address)
    monkeypatch.delenv("BROADSHEET_TOKEN", raising=False)
    folder = tmp_path / "posts"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number}.jpg").write_bytes(f"picture {number}".encode())
        (folder / f"{number}.md").write_text(f"---\ntitle: Post {number}\n---\n\n![Boats]({number}.jpg)\n")
    author = Author(platform, folder)
    author.log_in()
    return author


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the program has waited, without it."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits


def problem(status: int, code: str, title: str, **headers: str) -> Answer:
    return Answer(
        status, {"code": code, "title": title}, {name.replace("_", "-"): value for name, value in headers.items()}
    )


HOTEL = Answer(200, "<h1>Hotel Bellevue: log in to our network</h1>")
AGAIN = "and run it again."
SINGLE = [
    (MEDIA, problem(413, "too_large", "It is too large."), f"It is too large. Make it smaller, {AGAIN}"),
    (MEDIA, problem(413, "quota_exceeded", "They are too many."), "They are too many. Delete pictures that nothing"),
    (MEDIA, problem(415, "unsupported_media_type", "It is a script."), "It is a script. Save it as one of these, "),
    (MEDIA, problem(422, "image_refused", "It ends in its middle."), "It ends in its middle. Save it anew or take"),
    (POSTS, problem(409, "slug_taken", "It is another's."), f"It is another's. Give the file another `slug`, {AGAIN}"),
    (POSTS, problem(504, "upstream_timeout", "It took too long."), "Run it again in 1 s."),
]  # fmt: skip
ALL = [
    (POSTS, problem(410, "version_sunset", "Version 2 has ended."), 1, "Version 2 has ended. Install a newer"),
    (MEDIA, problem(429, "rate_limited", "Too often.", Retry_After="120"), 1, "Too often. Run it again in 120 s"),
    (POSTS, problem(503, "overloaded", "Busy.", Retry_After="90"), 1, "Busy. Run it again in 90 s"),
    (POSTS, None, 5, "does not answer"),
    (MEDIA, HOTEL, 5, "is not a platform"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "answer", "sentence"), SINGLE, ids=[answer.body["code"] for _, answer, _ in SINGLE])  # type: ignore[index]
def test_what_befalls_one_file_is_told_of_it_and_the_others_go_on(
    author: Author, platform: SmallPlatform, path: str, answer: Answer, sentence: str
) -> None:
    platform.bad = {path: Bad(answer, after=2, times=1)}
    result = author.push()
    assert (result.exit_code, result.stderr.count(".md")) == (1, 1)
    assert sentence in result.stderr
    assert f"{FILES - 1} created, 1 failed\nWhat was sent is kept.\n" in result.stdout
    platform.bad = {path: Bad(answer)}
    (why,) = [file["why"] for file in author.told(exits=1)["files"] if file["done"] == "failed"]
    assert (why["code"], why["status"]) == (answer.body["code"], answer.status)  # type: ignore[index]
    assert_nothing_is_lost(author)


@pytest.mark.parametrize(
    ("path", "answer", "code", "sentence"), ALL, ids=["410", "429", "503", "lost network", "page of a hotel"]
)
def test_what_would_befall_all_is_said_once_and_ends_the_push(  # noqa: PLR0917  a row
    author: Author,
    platform: SmallPlatform,
    waits: list[float],
    path: str,
    answer: Answer | None,
    code: int,
    sentence: str,
) -> None:
    platform.bad = {path: Bad(answer, after=2)}
    result = author.push()
    assert (result.exit_code, result.stderr.count(sentence)) == (code, 1)
    tries = (PICTURES_AT_A_TIME + POSTS_MORE) * (1 if answer else 2)  # of those under way, which show one picture each
    assert platform.asked[path] <= 2 + tries < FILES
    failed = [file for file in author.told(exits=code)["files"] if file["done"] == "failed"]
    assert {file["why"]["detail"] for file in failed} == {failed[0]["why"]["detail"]}
    assert waits == [], "nobody waits here for minutes"
    assert_nothing_is_lost(author)


def test_answer_that_was_lost_makes_nothing_twice(author: Author, platform: SmallPlatform) -> None:
    platform.bad = {POSTS: Bad(None, after=1, done=True)}
    assert author.push().exit_code == 5
    assert_nothing_is_lost(author)


@pytest.mark.parametrize("edit", ["more words", "draft"])
def test_edit_after_an_answer_that_was_lost_makes_nothing_twice(
    author: Author, platform: SmallPlatform, edit: str
) -> None:
    platform.bad = {POSTS: Bad(None, after=1, done=True)}
    assert author.push().exit_code == 5
    assert len(platform.posts) > 1, "answers were lost"
    for file in author.folder.glob("*.md"):
        text = file.read_text()
        file.write_text(text.replace("---\n\n", "status: draft\n---\n\n") if edit == "draft" else f"{text}{edit}\n")
    platform.bad = {}
    assert author.push().exit_code == 0
    assert_nothing_is_lost(author)
    if edit != "draft":
        assert all(post["body"].endswith(edit + "\n") for post in platform.posts.values())


def test_connection_that_breaks_once_is_not_heard_of(author: Author, platform: SmallPlatform) -> None:
    platform.bad = {POSTS: Bad(None, after=1, times=1, done=True), MEDIA: Bad(None, after=2, times=1)}
    result = author.push()
    assert (result.exit_code, result.stderr) == (0, "")
    assert_nothing_is_lost(author)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (REFRESH, ("whoami",)),
        (SESSIONS, ("login", "ada", "--password-stdin")),
        (REFRESH, ("logout",)),
        (CURRENT, ("logout",)),
    ],
)
def test_page_of_a_hotel_is_no_answer_to_any_command(
    author: Author, platform: SmallPlatform, path: str, words: tuple[str, ...]
) -> None:
    platform.bad = {path: Bad(HOTEL)}
    result = author.run(*words)
    assert (result.exit_code, result.stderr.count("is not a platform")) == (5, 1)


def test_token_that_expires_in_the_middle_is_renewed_without_a_word(author: Author, platform: SmallPlatform) -> None:
    platform.bad = {POSTS: Bad(problem(401, "token_expired", "The access token has expired."), after=3, times=1)}
    result = author.push()
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(platform.tokens) == 2
    assert_nothing_is_lost(author)


def test_session_that_ends_in_the_middle_goes_on_after_a_log_in(author: Author, platform: SmallPlatform) -> None:
    platform.bad = {
        POSTS: Bad(problem(401, "token_revoked", "It was revoked."), after=3),
        REFRESH: Bad(problem(401, "session_ended", "The session has ended."), after=1),
    }
    result = author.push()
    assert (result.exit_code, result.stderr.count("has ended: `broadsheet-cli login`, and run it again.")) == (3, 1)
    assert {file["why"]["code"] for file in author.told(exits=3)["files"] if file["done"] == "failed"} == {
        "not_logged_in"
    }
    author.log_in()
    assert_nothing_is_lost(author)


@pytest.mark.parametrize("status", [429, 503, 409])
def test_short_wait_is_waited_for(author: Author, platform: SmallPlatform, waits: list[float], status: int) -> None:
    platform.bad = {POSTS: Bad(problem(status, "any", "Wait.", Retry_After="7"), after=1, times=2)}
    result = author.push()
    assert (result.exit_code, result.stderr, waits) == (0, "", [7.0, 7.0])
    assert_nothing_is_lost(author)


def assert_nothing_is_lost(author: Author) -> None:
    """Once the luck is good again, one more push sends the rest; nothing is there twice."""
    author.platform.bad = {}
    counts = author.told(exits=0)["counts"]
    assert set(counts) <= {"created", "same"}
    assert sum(counts.values()) == FILES
    assert author.told(exits=0)["counts"] == {"same": FILES}
    assert sorted(post["title"] for post in author.platform.posts.values()) == sorted(f"Post {n}" for n in range(FILES))
    assert len(author.platform.pictures) == FILES
