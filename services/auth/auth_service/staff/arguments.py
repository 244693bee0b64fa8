"""What the commands for staff are called with; read without Django."""

import argparse


def create_admin() -> argparse.ArgumentParser:
    """The options of ``create-admin``: everything but the password."""
    parser = argparse.ArgumentParser("create-admin", allow_abbrev=False)
    parser.add_argument("--email", required=True)
    parser.add_argument("--username", required=True)
    return parser
