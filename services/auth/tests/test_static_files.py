"""The admin's files, gathered by collectstatic and served by names that tell their content."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from auth_service.settings import settings as auth_settings
from chassis.django.settings import django_settings
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings

from launcher.preparation import GATHER


@pytest.fixture
def gathered(tmp_path: Path) -> Iterator[Path]:
    """The folder of the files, as images and ``MODE=servers`` have it."""
    folder = tmp_path / "static"
    made = django_settings(auth_settings().model_copy(update={"static_dir": str(folder)}))
    names = ("STATIC_ROOT", "STORAGES", "WHITENOISE_KEEP_ONLY_HASHED_FILES")
    with override_settings(**{name: made[name] for name in names}, WHITENOISE_USE_FINDERS=False):
        call_command(*GATHER, verbosity=0)
        yield folder


def test_a_page_names_files_by_their_content_and_they_are_kept_for_ever(gathered: Path, db: None) -> None:
    client = Client()
    page = client.get("/admin/login/").content.decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert files
    for file in files:
        assert re.search(r"\.[0-9a-f]{12}\.(css|js|svg)$", file), file
        answer = client.get(file)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert b"".join(answer.streaming_content) == (gathered / file.removeprefix("/static/")).read_bytes()  # type: ignore[attr-defined]
    zipped = client.get(files[0], headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    zipped.close()


def test_no_file_is_there_twice(gathered: Path) -> None:
    assert (gathered / "staticfiles.json").is_file()
    assert not (gathered / "admin/css/base.css").exists()
    assert Client().get("/static/admin/css/base.css").status_code == 404
