"""The commands behind the Makefile."""

import os
import sys
from collections.abc import Callable

from launcher import ROOT, LauncherError, doctor, observers, virtualenv
from launcher.interrupting import interrupt_when_asked_to_end
from launcher.locks import lock
from launcher.logs import Wanted, show
from launcher.private_servers import pointed_to, private_servers, serve, wanted_kinds
from launcher.servers.provision import provide
from launcher.settings import SERVICES, read_settings
from launcher.status import status
from launcher.stopping import bring_down, delete_data
from launcher.supervisor import Process, Supervisor


def main(arguments: list[str]) -> int:
    """Run one command; what goes wrong is one sentence on standard error and a non-zero exit code."""
    interrupt_when_asked_to_end()  # and leave nothing half-done
    verb, *rest = arguments or [""]
    if verb not in COMMANDS:
        print(f"There is no command {verb!r}; there are {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    try:
        COMMANDS[verb](rest)
    except LauncherError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; nothing is left half-started.", file=sys.stderr)
        return 130
    return 0


def up(_arguments: list[str]) -> None:
    """Check, install, migrate, load the demo content, start, wait until ready and say where to look."""
    settings = read_settings()
    for check in doctor.BEFORE_INSTALLATION:
        check(settings)
    provide(wanted_kinds(settings))
    if settings.observed:
        observers.provide(wanted_kinds(settings))
    virtualenv.ensure()
    virtualenv.reenter()
    for check in doctor.AFTER_INSTALLATION:
        check(settings)

    from launcher.greeting import greet  # noqa: PLC0415  these need what .venv holds
    from launcher.running import bring_up  # noqa: PLC0415

    bring_up(settings)
    greet(settings)


def down(_arguments: list[str]) -> None:
    """Stop everything this folder runs."""
    print("Stopped." if bring_down(read_settings()) else "Nothing was running.")


def restart(arguments: list[str]) -> None:
    """Restart one process (blog-web), one service (blog) or, without a name, all services."""
    supervisor = Supervisor(read_settings())
    if not supervisor.is_running():
        raise LauncherError("Nothing is running here; start it with `make up`.")
    for process in _chosen(supervisor, arguments):
        supervisor.restart(process)
        print(f"{process.name} restarted")


def logs(arguments: list[str]) -> None:
    """Follow the logs of all processes in one, or of those whose name begins so; ID=… shows all of one request."""
    for line in show(read_settings().log_folder, Wanted.read(arguments), coloured=sys.stdout.isatty()):
        print(line, flush=True)


def shell(arguments: list[str]) -> None:
    """Open a Python shell with a service's settings; Django's own for auth and blog."""
    service = arguments[0] if arguments else ""
    if service not in SERVICES:
        raise LauncherError(f"Say of which service: make shell S={' | S='.join(SERVICES)}.")
    settings = read_settings()
    environment = pointed_to(settings, private_servers(settings)).environment_of(service)
    command = ["broadsheet", service, "manage", "shell"] if service in {"auth", "blog"} else ["python"]
    os.chdir(ROOT)
    os.execvpe(command[0], command, environment)


def reset(_arguments: list[str]) -> None:
    """Stop everything and delete its data."""
    settings = read_settings()
    if settings.environment.get("ENVIRONMENT") == "production":
        raise LauncherError("ENVIRONMENT=production: data is not deleted with `make reset`.")
    bring_down(settings)
    delete_data(settings)
    print(f"{settings.var} is deleted.")


def setup(_arguments: list[str]) -> None:
    """Install what development needs."""
    virtualenv.ensure(development=True)


def examine(_arguments: list[str]) -> None:
    """Run every check of `make up` and show each result."""
    settings = read_settings()
    failed = 0
    checks = doctor.BEFORE_INSTALLATION + (doctor.AFTER_INSTALLATION if virtualenv.inside() else ())
    for check in checks:
        try:
            print(f"  ok    {check(settings)}")
        except LauncherError as error:
            failed += 1
            print(f"  FAIL  {error}")
    if failed:
        raise LauncherError(f"{failed} of {len(checks)} checks failed.")


def _chosen(supervisor: Supervisor, arguments: list[str]) -> list[Process]:
    processes = supervisor.of_the_platform()
    if not arguments:
        return [process for process in processes if process.group == "services"]
    name = arguments[0]
    chosen = [process for process in processes if name in {process.name, process.name.partition("-")[0]}]
    if not chosen:
        raise LauncherError(f"No process is called {name}; there are {', '.join(each.name for each in processes)}.")
    return chosen


def env_example(_arguments: list[str]) -> None:
    """Write .env.example from the services' settings."""
    virtualenv.reenter()
    from launcher.dotenv_example import write  # noqa: PLC0415  needs what .venv holds

    write()


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "up": up,
    "down": down,
    "status": status,
    "logs": logs,
    "restart": restart,
    "reset": reset,
    "doctor": examine,
    "shell": shell,
    "setup": setup,
    "lock": lock,
    "env-example": env_example,
    "serve": serve,
}
