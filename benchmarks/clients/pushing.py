"""``broadsheet-cli push`` of a folder, beside a loop of curl calls that sends the same, each from a shell.

The loop is what a person would write: a call per picture, its answer read, then a call for the post. Both go over a
line of 50 ms, as authors are seldom in the room of the server; and once more without it, where the two cores that the
server has here are all that counts. Each has pictures of its own, since bytes that are there already cost less.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.clients.line import line
from benchmarks.results import Figure
from tests.support.api import PASSWORD, Json, Visitor, json_of
from tests.support.photographs import photograph
from tests.support.waiting import eventually

POSTS, QUICK_POSTS, PICTURES_EACH = 200, 48, 2
TURNS = 4  # each sends a part of the posts: what else the machine does meets both alike
SIZE = (1600, 1200)
LEAST_TIMES = 3
PROGRAM = Path(sys.executable).with_name("broadsheet-cli")
LOOP = """
set -eu
ids() { sed 's/^{"id":"\\([0-9a-f-]*\\)".*/\\1/'; }
for post in *.md; do
  images=
  for picture in "${post%.md}"-*.jpg; do
    id=$(curl -sSf "$SERVER/api/v1/media" -H "Authorization: Bearer $TOKEN" -F "file=@$picture" | ids)
    images="$images${images:+,}{\\"media\\":\\"$id\\"}"
  done
  curl -sSf "$SERVER/api/v1/posts" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -o /dev/null \\
    -d "{\\"title\\":\\"${post%.md}\\",\\"body\\":\\"Words.\\",\\"images\\":[$images]}"
done
"""


def measure(base_url: str, folder: Path, *, quick: bool) -> list[Figure]:
    """How many times as fast, and what a push that was killed leaves twice."""
    posts = QUICK_POSTS if quick else POSTS
    with Visitor(base_url) as author, line(int(base_url.rpartition(":")[2])) as far:
        author.register("pusher")
        shell = Shell(far, folder / "far", author)
        from_far = _compared("push", shell, posts)
        from_here = _compared("push-here", Shell(base_url, folder / "here", author), posts)
        doubles = _doubles_after_a_kill(shell, posts)
    return [
        from_far.at_least(LEAST_TIMES),
        replace(from_here, what="the same without the line"),
        Figure(id="push-doubles", what="made twice by a push that was killed", value=doubles, unit="").at_most(0),
    ]


def _compared(name: str, shell: "Shell", posts: int) -> Figure:
    pushed = looped = 0.0
    for turn in range(TURNS):
        pushed += shell.push(_folder(shell.folder / f"pushed-{turn}", posts // TURNS))
        _drawn(shell.author)
        looped += shell.loop(_folder(shell.folder / f"looped-{turn}", posts // TURNS))
        _drawn(shell.author)
    return Figure(
        id=name,
        what=f"push of {posts} posts, {posts * PICTURES_EACH} pictures, in {TURNS} parts, over curl",
        value=round(looped / pushed, 2),
        unit="times as fast",
        beside={"push, s": round(pushed, 1), "curl, s": round(looped, 1)},
    )


class Shell:
    """An author's, logged in by both programs."""

    def __init__(self, base_url: str, folder: Path, author: Visitor) -> None:
        self.author = author
        self.folder = folder
        folder.mkdir()
        self._environment = {
            "PATH": os.environ["PATH"],
            "SERVER": base_url,
            "BROADSHEET_SERVER": base_url,
            "BROADSHEET_CONFIG_DIR": str(folder / "config"),
            "BROADSHEET_KEYRING": "off",
        }
        login = [str(PROGRAM), "login", author.username, "--password-stdin"]
        subprocess.run(login, env=self._environment, input=f"{PASSWORD}\n", text=True, check=True)

    def push(self, folder: Path) -> float:
        """Seconds."""
        began = time.monotonic()
        subprocess.run(
            [PROGRAM, "--json", "push"], cwd=folder, env=self._environment, stdout=subprocess.DEVNULL, check=True
        )
        return time.monotonic() - began

    def loop(self, folder: Path) -> float:
        """Seconds."""
        token = self.author.log_in()["access"]
        began = time.monotonic()
        subprocess.run(["sh", "-c", LOOP], cwd=folder, env=self._environment | {"TOKEN": token}, check=True)
        return time.monotonic() - began

    def push_until_killed(self, folder: Path) -> None:
        """Half of it is sent by then."""
        state = folder / ".broadsheet/state.json"
        half = len(list(folder.glob("*.md"))) // 2
        with subprocess.Popen([PROGRAM, "push"], cwd=folder, env=self._environment) as process:
            eventually(lambda: state.exists() and len(json.loads(state.read_text())["posts"]) >= half, seconds=120)
            process.send_signal(signal.SIGKILL)


def _drawn(author: Visitor) -> None:
    """Wait until the worker has nothing of the author's left to draw: the next to send shall not pay for it."""
    author.log_in()
    eventually(
        lambda: all(asset["state"] != "processing" for asset in _all(author, "/api/v2/assets")), seconds=600, every=1
    )


def _folder(folder: Path, posts: int) -> Path:
    """Posts with pictures that nobody has sent yet."""
    folder.mkdir()
    for number in range(posts):
        names = [f"post-{number}-{picture}.jpg" for picture in range(PICTURES_EACH)]
        for name in names:
            (folder / name).write_bytes(photograph(*SIZE, seed=f"{folder} {name}"))
        shown = "\n\n".join(f"![At dawn]({name})" for name in names)
        (folder / f"post-{number}.md").write_text(f"---\ntitle: post-{number}\n---\n\n{shown}\n")
    return folder


def _doubles_after_a_kill(shell: Shell, posts: int) -> int:
    """Posts and pictures beyond those of the folder, once a second push has ended."""
    folder = _folder(shell.folder / "killed", posts)
    before = _held(shell.author)
    shell.push_until_killed(folder)
    shell.push(folder)
    return _held(shell.author) - before - posts * (1 + PICTURES_EACH)


def _held(author: Visitor) -> int:
    author.log_in()
    return len(_all(author, "/api/v2/posts", mine="true")) + len(_all(author, "/api/v2/assets"))


def _all(author: Visitor, path: str, **wanted: str) -> list[Json]:
    """What a list has, to its end."""
    wanted |= {"limit": "100"}
    page: Json = json_of(author.http.get(path, params=wanted), 200)
    found: list[Json] = page["items"]
    while page["next_cursor"]:
        page = json_of(author.http.get(path, params={**wanted, "cursor": page["next_cursor"]}), 200)
        found += page["items"]
    return found
