"""What is wrong with the machine or the settings is one sentence and a non-zero exit, and nothing is started."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import ROOT, LauncherError, catalogue
from launcher.servers import Postgres, provision
from launcher.servers.binaries import BinaryMissingError
from launcher.settings import read_dotenv
from tests.support.platform import Platform


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(tmp_path / "var")


def sentence_of_refused_start(platform: Platform, **settings: str) -> str:
    made = platform.make("up", **settings)
    assert made.returncode != 0
    assert "Traceback" not in made.stdout + made.stderr
    assert platform.processes() == []
    sentence, *rest = [line for line in made.stderr.splitlines() if not line.startswith("make: ***")]
    assert rest == []
    return sentence


def test_taken_port_is_named_with_the_setting_that_moves_it(platform: Platform) -> None:
    with socket.create_server(("127.0.0.1", int(platform.settings["BLOG_PORT"]))):
        sentence = sentence_of_refused_start(platform)
    assert f"{platform.settings['BLOG_PORT']} (BLOG_PORT)" in sentence
    assert "stop it or use other ports" in sentence


def test_unknown_mode_names_the_known_ones(platform: Platform) -> None:
    assert sentence_of_refused_start(platform, MODE="cloud") == (
        "MODE=cloud is unknown; use MODE=embedded or MODE=servers."
    )


def test_port_that_is_none(platform: Platform) -> None:
    assert sentence_of_refused_start(platform, GATEWAY_PORT="eighty").startswith("GATEWAY_PORT=eighty is not a port")


def test_port_that_two_processes_would_share(platform: Platform) -> None:
    blog_port = str(int(platform.settings["AUTH_PORT"]) + 2)
    sentence = sentence_of_refused_start(platform, BLOG_PORT=blog_port)
    assert sentence == "BLOG_PORT and AUTH_PORT + 2 are the same port; set one of them to another."


def test_folder_that_cannot_be_written_to(platform: Platform) -> None:
    sentence = sentence_of_refused_start(platform, VAR_DIR="/proc/broadsheet")
    assert sentence.startswith("/proc/broadsheet cannot be written to")
    assert "set VAR_DIR" in sentence


def test_misspelt_setting_of_a_service_names_the_right_one(platform: Platform) -> None:
    sentence = sentence_of_refused_start(platform, AUTH_SECERT_KEY="x" * 40)
    assert "AUTH_SECERT_KEY is not a setting of auth; did you mean AUTH_SECRET_KEY?" in sentence


def test_half_set_group_names_the_other_half(platform: Platform) -> None:
    sentence = sentence_of_refused_start(platform, MEDIA_S3_ACCESS_KEY_ID="key")
    assert "MEDIA_S3_SECRET_ACCESS_KEY" in sentence


def test_development_secret_is_refused_in_production(platform: Platform) -> None:
    sentence = sentence_of_refused_start(platform, ENVIRONMENT="production")
    assert "AUTH_SECRET_KEY" in sentence
    assert "set your own: ENVIRONMENT is production" in sentence


def test_misspelt_name_in_dotenv_names_the_right_one() -> None:
    with pytest.raises(LauncherError, match=r"^GATEWAY_PROT in \.env is not a setting; did you mean GATEWAY_PORT\?$"):
        catalogue.refuse_unknown(["GATEWAY_PROT"])


def test_line_in_dotenv_that_is_no_setting_is_shown(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# mine\nexport MODE='servers'\njust words\n")
    with pytest.raises(LauncherError, match=r"\.env line 3 is not NAME=value: just words"):
        read_dotenv(tmp_path / ".env")


def test_older_python_is_told_which_one_is_needed() -> None:
    pretend = "import sys; sys.version_info = (3, 10, 13); sys.path.insert(0, sys.argv[1]); import launcher"
    made = subprocess.run([sys.executable, "-c", pretend, ROOT], capture_output=True, text=True, check=False)
    assert made.returncode == 1
    assert made.stderr == "Broadsheet needs Python 3.11 or newer, not 3.10; name one: make up PYTHON=python3.12\n"


def test_launcher_begins_with_nothing_installed() -> None:
    begin = "import sys; sys.path.insert(0, sys.argv[1]); import launcher.commands"
    subprocess.run([sys.executable, "-I", "-S", "-c", begin, ROOT], check=True)


def test_missing_server_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision, "find_binary", lambda name: None)
    monkeypatch.setattr(provision, "can_install", lambda: False)
    monkeypatch.setattr(provision, "docker_works", lambda: False)
    with pytest.raises(
        BinaryMissingError, match=r"has no postgres; install them \(Debian: apt-get install postgresql\)"
    ):
        provision.provide([Postgres])
