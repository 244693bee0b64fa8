"""What must be true before the platform starts; a check that fails says in one sentence what to do."""

import sys
import tempfile
from collections.abc import Callable

from launcher import ROOT, LauncherError, private_folder
from launcher.copies import copy_on, leftovers
from launcher.private_servers import wanted_kinds
from launcher.servers.containers import docker_works
from launcher.servers.ports import is_free
from launcher.servers.provision import advice, can_install, missing
from launcher.settings import Settings, read_dotenv
from launcher.supervisor import Supervisor


def python(_settings: Settings) -> str:
    return f"Python {sys.version.split()[0]}"


def folders(settings: Settings) -> str:
    for folder in (ROOT, settings.var, settings.log_folder, settings.run_folder):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise LauncherError(
                f"{folder} cannot be written to ({error.strerror}); make it writable or set VAR_DIR to another folder."
            ) from error
    return f"{settings.var} can be written to"


def ports(settings: Settings) -> str:
    numbers = ", ".join(map(str, settings.ports.values()))
    names = {port: name for name, port in settings.ports.items()}
    if len(names) < len(settings.ports):
        twice = next(name for name, port in settings.ports.items() if names[port] != name)
        raise LauncherError(
            f"{twice} and {names[settings.ports[twice]]} are the same port; set one of them to another."
        )
    if Supervisor(settings).is_running() or leftovers(settings.var):
        return f"ports {numbers} are our own"
    taken = {name: port for name, port in settings.ports.items() if not is_free(port, settings.host_of(name))}
    if not taken:
        return f"ports {numbers} are free"
    copy = copy_on(taken.values())
    by = f"the copy of Broadsheet that keeps its data in {copy}" if copy else "another program"
    told = ", ".join(f"{port} ({name})" for name, port in taken.items())
    raise LauncherError(
        f"Taken by {by}: port {told}; stop it or use other ports, for instance make up GATEWAY_PORT=8100."
    )


def servers(settings: Settings) -> str:
    wanted = wanted_kinds(settings)
    lacking = missing(wanted)
    names = ", ".join(kind.name for kind in wanted)
    if not lacking:
        return f"private {names} can start" if wanted else "no private servers are needed"
    if can_install():
        return f"what is missing for {names} will be installed by apt-get"
    if docker_works():
        return f"what is missing for {names} will run in containers"
    raise LauncherError(advice(lacking))


def privacy(settings: Settings) -> str:
    private_folder.close_to_others(settings)
    return f"{settings.var} is closed to other accounts of this machine"


def services(settings: Settings) -> str:
    from launcher import catalogue  # noqa: PLC0415  needs what .venv holds

    catalogue.refuse_unknown(read_dotenv())
    catalogue.refuse_wrong_values(settings)
    return "every service accepts its settings"


BEFORE_INSTALLATION: tuple[Callable[[Settings], str], ...] = (python, folders, ports, servers)
AFTER_INSTALLATION: tuple[Callable[[Settings], str], ...] = (privacy, services)
