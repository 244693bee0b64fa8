"""What ``import`` and ``export`` take on the command line; known without Django."""

import argparse
from pathlib import Path

FORMATS = ("folder", "ghost", "wordpress")


def import_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("broadsheet blog import")
    options.add_argument("source", type=Path, help="a folder, or the file of an export")
    options.add_argument("--format", choices=FORMATS, default="folder")
    options.add_argument("--token", type=Path, required=True, help="file with an access token of the author")
    options.add_argument("--site", default="", help="address of the site that was exported (ghost)")
    options.add_argument("--leave-pictures", action="store_true", help="take posts without pictures that cannot be had")
    options.add_argument("--report", type=Path, help="a line of JSON for each post")
    return options


def export_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("broadsheet blog export")
    options.add_argument("folder", type=Path)
    options.add_argument("--author", help="only the posts of this one")
    options.add_argument("--report", type=Path, help="a line of JSON for each post")
    return options
