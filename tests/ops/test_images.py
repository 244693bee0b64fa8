"""Images of others: all of them are on one list, which says when somebody last looked at them."""

import re
from datetime import UTC, date, datetime

from tests.image_ages import LIST, ROOT, ages

NAMED_IN = ("docker/compose.yaml", "docker/compose.files.yaml", "charts/devinfra/values.yaml")


def named() -> set[str]:
    texts = [(ROOT / file).read_text() for file in NAMED_IN]
    images = {image for text in texts for image in re.findall(r"^ +image: ([^\s{]+)", text, re.MULTILINE)}
    (base,) = re.findall(r"^ARG BASE=(\S+)", (ROOT / "docker/service.Dockerfile").read_text(), re.MULTILINE)
    return {image for image in images if "broadsheet/" not in image and not image.startswith("$")} | {base}


def test_every_image_is_on_the_list_with_the_day_it_was_looked_at() -> None:
    assert named() == set(LIST)
    assert all(day <= datetime.now(UTC).date() for day in LIST.values())


def test_no_image_is_named_without_a_line() -> None:
    assert [image for image in LIST if ":" not in image or image.endswith(":latest")] == []


def test_age_is_said_of_each() -> None:
    (line,) = [line for line in ages(date(2027, 1, 8)) if line.startswith("postgres:16 ")]
    assert line == f"postgres:16 was looked at {(date(2027, 1, 8) - LIST['postgres:16']).days} days ago"
