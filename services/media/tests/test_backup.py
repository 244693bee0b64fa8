"""The script of the chart's backup copies pictures from a store to a volume and back."""

import os
import subprocess
import sys
from pathlib import Path

from media_service.settings import MediaSettings
from media_service.storage.store import key_of, open_store
from uuid_utils.compat import uuid7

SCRIPT = Path(__file__).parents[3] / "charts/broadsheet/files/backup/media.py"
VOLUME = "/backups/media"


def copy(direction: str, folder: Path, storage_url: str) -> None:
    text = SCRIPT.read_text()
    assert VOLUME in text
    environment = os.environ | {"MEDIA_STORAGE_URL": storage_url, "VAR_DIR": str(folder)}
    command = [sys.executable, "-c", text.replace(VOLUME, str(folder / "backups")), direction]
    subprocess.run(command, env=environment, cwd=folder, check=True)


def test_pictures_are_saved_and_restored_into_another_store(tmp_path: Path) -> None:
    urls = [f"file://{tmp_path}/{name}" for name in ("ours", "theirs")]
    ours, theirs = (open_store(MediaSettings(storage_url=url)) for url in urls)
    pictures = {key_of(uuid7(), digest * 32, "image/jpeg"): digest.encode() for digest in ("ab", "cd")}
    for key, content in pictures.items():
        ours.put(key, content)
    copy("save", tmp_path, urls[0])
    copy("restore", tmp_path, urls[1])
    for key, content in pictures.items():
        assert (tmp_path / "theirs" / key).read_bytes() == content
    assert {item.key for batch in theirs.list("") for item in batch} == set(pictures)
