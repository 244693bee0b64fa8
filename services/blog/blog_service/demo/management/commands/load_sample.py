import time
from typing import Any

from chassis.settings import SettingsError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from blog_service.demo.sample import load

WIDTH = 40


class Command(BaseCommand):
    help = "Fill an empty database with published posts, to measure with and to try things on; goes on where it ended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--posts", type=int, required=True, help="how many there are to be")

    def handle(self, *_: Any, posts: int, **__: Any) -> None:
        began = time.monotonic()
        try:
            for done in load(posts):
                bar = "#" * (WIDTH * done // posts)
                seconds = time.monotonic() - began
                self.stderr.write(f"\r[{bar:<{WIDTH}}] {done:,} of {posts:,} posts, {seconds:.0f} s", ending="")
        except SettingsError as error:
            raise CommandError(str(error)) from error
        self.stderr.write("")
        self.stdout.write(f"{posts:,} posts are there after {time.monotonic() - began:.0f} s.")
