#!/bin/bash
# python-dotenv 1.2.4, and so pydantic-settings 2.16.3 with env_file: ${NAME} is replaced inside of single quotes, too: by nothing
# where there is no such variable, and without a warning. The shell, from which the file has its syntax, leaves it there.
# $NAME without braces stays in double quotes, where the shell replaces it. Guessed: single quotes are how a password with
# a dollar is written. Output seen (the shell, python-dotenv, pydantic-settings; NAME is "alice", b is not set):
#   'a${b}c': a${b}c, ac, ac
#   'a${NAME}c': a${NAME}c, aalicec, aalicec
#   "a$NAME": aalice, a$NAME, a$NAME
# So make secrets without dollars, or read the file with dotenv_values(interpolate=False).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-dotenv==1.2.4 pydantic-settings==2.16.3
cd "$folder"
export NAME=alice
"$folder/venv/bin/python" - <<'PYTHON'
import subprocess
from pathlib import Path

from dotenv import dotenv_values
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file="settings.env")
    password: str


for written, expected in (
    ("'a${b}c'", ["a${b}c", "ac", "ac"]),
    ("'a${NAME}c'", ["a${NAME}c", "aalicec", "aalicec"]),
    ('"a$NAME"', ["aalice", "a$NAME", "a$NAME"]),
):
    Path("settings.env").write_text(f"PASSWORD={written}\n")
    shell = subprocess.run(["sh", "-c", '. ./settings.env; printf %s "$PASSWORD"'], check=True, capture_output=True, text=True)
    seen = [shell.stdout, dotenv_values("settings.env")["PASSWORD"], Settings().password]
    print(f"{written}: {', '.join(seen)}")
    assert seen == expected, "the behaviour has changed"
    assert dotenv_values("settings.env", interpolate=False)["PASSWORD"] == written[1:-1], "the advice is wrong by now"
PYTHON
