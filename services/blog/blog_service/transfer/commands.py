"""``broadsheet blog import`` and ``export``: progress while they run, a report, and an exit code."""
# ruff: noqa: T201  what is printed is for whoever typed the command

import json
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from chassis.access import listed
from chassis.django.authentication import verifier
from chassis.problems import Problem

from blog_service.posts.models import Post
from blog_service.transfer.entries import Entries, Unreadable
from blog_service.transfer.exporting import posts_export
from blog_service.transfer.folder import folder_entries
from blog_service.transfer.ghost import ghost_entries
from blog_service.transfer.importing import Importer, Outcome, entries_import
from blog_service.transfer.options import export_options, import_options
from blog_service.transfer.wordpress import wordpress_entries


def import_posts(arguments: list[str]) -> int:
    """Take posts in for whose token it is; 1 where something was left, 2 where nothing could be done."""
    asked = import_options().parse_args(arguments)
    token = asked.token.read_text().strip()
    try:
        claims = verifier().verify(token)
        listed("POST", "/api/v1/posts").require(claims)
        importer = Importer(claims, token, asked.format, leave_pictures=asked.leave_pictures)
        return _tell(entries_import(_entries(asked), importer), asked.report)
    except (Unreadable, Problem) as error:
        print(f"\n{error}", file=sys.stderr)
        return 2


def export_posts(arguments: list[str]) -> int:
    """Write posts out; 1 where a picture could not be had, which another run may have."""
    asked = export_options().parse_args(arguments)
    posts = Post.objects.filter(author__username__iexact=asked.author) if asked.author else Post.objects.all()
    return _tell(posts_export(asked.folder, posts), asked.report)


def _entries(asked: Any) -> Entries:
    if asked.format == "ghost":
        return ghost_entries(asked.source, asked.site.rstrip("/"))
    return wordpress_entries(asked.source) if asked.format == "wordpress" else folder_entries(asked.source)


def _tell(outcomes: Iterable[Outcome], report: Path | None) -> int:
    """Say how far it is, write the report line by line, and name what was left or lost something."""
    counted: Counter[str] = Counter()
    with report.open("w") if report else nullcontext() as written:
        for outcome in outcomes:
            counted[outcome.what] += 1
            _line(outcome, written)
            print(f"\r{counted.total()} posts", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    told = ("taken", "present", "left", *(["lacking"] if counted["lacking"] else []))
    print(", ".join(f"{counted[what]} {what}" for what in told))
    return int(bool(counted["left"] + counted["lacking"]))


def _line(outcome: Outcome, report: IO[str] | None) -> None:
    if report:
        print(json.dumps(asdict(outcome), ensure_ascii=False), file=report, flush=True)
    for said in (outcome.why, *outcome.notes):
        if said:
            print(f"{f'{outcome.key} {outcome.slug}'.strip()}: {said}")
