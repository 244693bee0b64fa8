"""A private PostgreSQL. It refuses to run as root, so root runs it as another account of the machine."""

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from launcher.servers.binaries import binary
from launcher.servers.programs import Account, Program
from launcher.servers.server import Server, ServerError

SETTINGS = {"shared_buffers": "32MB", "max_connections": "200", "unix_socket_directories": ""}
ROOTS_DATA = Path("/var/lib/broadsheet")


class Postgres(Server):
    """PostgreSQL with one superuser `broadsheet`; `settings` go to its command line (for instance fsync=off)."""

    name: ClassVar[str] = "postgres"

    def __init__(self, folder: Path, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, port)
        self.account = Account.named("postgres", "nobody") if os.geteuid() == 0 else None
        self._settings = SETTINGS | dict(settings or {})

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, database: str) -> str:
        """Return the URL of a database, whether it exists or not."""
        return f"postgresql://broadsheet:{self.password}@{self.host}:{self.port}/{database}"

    def create_database(self, database: str) -> str:
        """Create the database unless it exists and return its URL; the server must be running."""
        command = [*self.client("createdb"), "--username=broadsheet", database]
        environment = os.environ | {"PGPASSWORD": self.password}  # not on the command line, where others see it
        made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if made.returncode and "already exists" not in made.stderr:
            raise ServerError(f"PostgreSQL cannot create the database {database}: {made.stderr.strip()}")
        return self.database_url(database)

    def prepare(self) -> None:
        self._bring_data_along()
        if self.data.exists():
            return
        self._make_home()
        unfinished = self._home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password_file = self._home / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        if self.account:
            os.chown(unfinished, self.account.uid, self.account.gid)
            os.chown(password_file, self.account.uid, self.account.gid)
        self._initdb(unfinished, password_file)
        password_file.unlink()
        unfinished.rename(self.data)

    def programs(self) -> list[Program]:
        command = [binary("postgres"), "-D", str(self.data), "-h", self.host, "-p", str(self.port)]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        return [
            Program(self.name, command, account=self.account, stop_signal=signal.SIGINT)
        ]  # does not wait for clients

    def is_ready(self) -> bool:
        command = [*self.client("pg_isready"), "--quiet", "--dbname=postgres"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def client(self, program: str) -> list[str]:
        """Return the beginning of a client's command line: which program, and where the server is."""
        return [binary(program), f"--host={self.host}", f"--port={self.port}"]

    def remove(self) -> None:
        shutil.rmtree(self._home, ignore_errors=True)
        super().remove()

    @property
    def data(self) -> Path:
        """The data folder."""
        return self._home / "data"

    @property
    def _home(self) -> Path:
        """Our folder, or one below /var/lib when the account cannot reach ours (a checkout below /root)."""
        if self.account is None or self._reaches(self.folder):
            return self.folder
        return ROOTS_DATA / hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]

    def _make_home(self) -> None:
        """The account's own, where it is not our folder: whoever starts us may have closed what is made to others."""
        self._home.mkdir(parents=True, exist_ok=True)
        if self.account and self._home != self.folder:
            ROOTS_DATA.chmod(0o711)
            os.chown(self._home, self.account.uid, self.account.gid)

    def _bring_data_along(self) -> None:
        """Data in our folder that the account could reach before the folder was closed to others."""
        left = self.folder / "data"
        if left.exists() and left != self.data and not self.data.exists():
            self._make_home()
            subprocess.run(["cp", "--archive", str(left), str(self.data)], check=True)  # it may be another disk
            shutil.rmtree(left)

    def _reaches(self, folder: Path) -> bool:
        return self._run_as_account(["sh", "-c", 'cd "$0"', str(folder)]).returncode == 0

    def _initdb(self, data: Path, password_file: Path) -> None:
        command = [binary("initdb"), f"--pgdata={data}", "--username=broadsheet", f"--pwfile={password_file}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
        made = self._run_as_account(command)
        if made.returncode:
            raise ServerError(f"PostgreSQL cannot make its data folder {data}: {made.stderr.strip()}")

    def _run_as_account(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
