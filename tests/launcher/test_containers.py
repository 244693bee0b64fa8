"""Docker runs a server whose program is missing. Here a small script plays Docker, with the machine's own Redis."""

import os
from pathlib import Path

import pytest

from launcher.servers import Redis, provision
from launcher.servers.binaries import binary
from launcher.servers.containers import PostgresContainer, RabbitMQContainer, RedisContainer
from launcher.servers.ports import answers, is_free

DOCKER = """\
#!/bin/sh
echo "$@" >> "$0.log"
[ "$1" = run ] || exit 0
for argument; do
  case "$argument" in --publish=127.0.0.1:*) port=${argument#*:}; export port=${port%:*} ;; esac
  command=$argument
done
exec sh -c "$command"
"""
ENTRYPOINT = """\
#!/bin/sh
shift
exec REDIS "$@" --bind 127.0.0.1 --port "$port" --save ""
"""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    entrypoint = program.with_name("docker-entrypoint.sh")
    program.write_text(DOCKER)
    entrypoint.write_text(ENTRYPOINT.replace("REDIS", binary("redis-server")))
    for script in (program, entrypoint):
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


@pytest.mark.servers
def test_container_starts_comes_back_and_stops(docker: Path, tmp_path: Path) -> None:
    redis = RedisContainer(tmp_path)
    redis.start()
    redis.kill()
    assert not answers(redis.port)
    redis.start()
    assert redis.is_ready(), "it answers to its password"
    redis.stop()
    assert is_free(redis.port)
    redis.remove()
    assert f"volume rm --force {redis.container}" in Path(f"{docker}.log").read_text()


@pytest.mark.parametrize("kind", [PostgresContainer, RabbitMQContainer, RedisContainer])
def test_container_listens_on_loopback_alone(
    kind: type[PostgresContainer | RabbitMQContainer | RedisContainer], tmp_path: Path
) -> None:
    command = kind(tmp_path).programs()[0].argv
    published = [argument for argument in command if argument.startswith("--publish=")]
    assert published
    assert all(argument.startswith("--publish=127.0.0.1:") for argument in published)


@pytest.mark.parametrize("kind", [PostgresContainer, RabbitMQContainer, RedisContainer])
def test_password_is_not_on_the_command_line(
    kind: type[PostgresContainer | RabbitMQContainer | RedisContainer], tmp_path: Path
) -> None:
    server = kind(tmp_path)
    program = server.programs()[0]
    assert server.password not in " ".join(program.argv)
    assert server.password in program.env.values()


def test_missing_program_is_taken_from_docker(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision, "find_binary", lambda name: None)
    assert provision.as_available(Redis) is RedisContainer
