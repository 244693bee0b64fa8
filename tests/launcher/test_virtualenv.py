"""What .venv is before anything is installed into it."""

from pathlib import Path

import pytest

from launcher import virtualenv


def test_environment_of_another_copy_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (uv := tmp_path / "another" / "uv").parent.mkdir()
    uv.touch()
    (link := tmp_path / ".venv").symlink_to(uv.parent)
    cleared: list[bool] = []
    monkeypatch.setattr(virtualenv, "VENV", link)
    monkeypatch.setattr(virtualenv, "PYTHON", link / "bin" / "python")
    monkeypatch.setattr(virtualenv, "UV", uv)  # there already, so that none is fetched
    monkeypatch.setattr(virtualenv, "_run", lambda _command, **_advice: cleared.append(link.is_symlink()))
    virtualenv._make_venv()
    assert cleared == [False]
    assert uv.exists()
