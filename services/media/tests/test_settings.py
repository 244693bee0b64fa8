"""Settings that cannot work are said in one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest
from chassis.settings import SettingsError
from media_service.settings import MediaSettings
from media_service.storage.store import open_store
from pydantic import ValidationError


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"MEDIA_DATABASE_URL": "mysql://x"}, "MEDIA_DATABASE_URL: must begin with sqlite:/// or postgresql://"),
        ({"MEDIA_STORAGE_URL": "ftp://x"}, "MEDIA_STORAGE_URL: must be file://folder or s3://bucket"),
        ({"MEDIA_S3_ACCESS_KEY_ID": "x"}, "MEDIA_S3_SECRET_ACCESS_KEY"),
        ({"MEDIA_S3_ENDPOINT_URL": "x"}, "MEDIA_S3_ENDPOINT_URL: must begin with http://"),
        ({"MEDIA_MAX_PIXLES": "1"}, "did you mean MEDIA_MAX_PIXELS?"),
        ({"MEDIA_ACCEL_PREFIX": "stored"}, "MEDIA_ACCEL_PREFIX: must begin and end with a slash"),
        (
            {"MEDIA_ACCEL_PREFIX": "/stored/", "MEDIA_STORAGE_URL": "s3://pictures"},
            "MEDIA_ACCEL_PREFIX needs pictures in a folder",
        ),
        ({"MEDIA_PORT": "http"}, "MEDIA_PORT: "),
    ],
)
def test_a_wrong_setting_ends_the_start_with_a_sentence(variables: dict[str, str], sentence: str) -> None:
    command = [sys.executable, "-m", "chassis.run", "media", "check"]
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SettingsError, match=r"^MEDIA_STORAGE_URL[^\n]+$"):
        open_store(MediaSettings(storage_url=f"file://{file}/media"))


def test_half_a_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="MEDIA_S3_ACCESS_KEY_ID"):
        MediaSettings(s3_secret_access_key="x")
