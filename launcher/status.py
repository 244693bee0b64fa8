"""`make status`: every process with its state, age and memory."""

from launcher import LauncherError
from launcher.memory import pss_megabytes
from launcher.readiness import is_ready
from launcher.settings import Settings, read_settings
from launcher.supervisor import Process, Supervisor


def status(_arguments: list[str]) -> None:
    """Print the table; raises LauncherError when something that should run does not."""
    settings = read_settings()
    supervisor = Supervisor(settings)
    if not supervisor.is_running():
        raise LauncherError("Nothing is running here; start it with `make up`.")
    processes = supervisor.of_the_platform()
    print(f"{'PROCESS':16} {'STATE':9} {'PID':>7} {'UP':>9} {'MEMORY':>8}")
    for process in processes:
        print(_line(settings, process))
    print(f"{'':16} {'':9} {'':7} {'':9} {sum(pss_megabytes(each.pid) for each in processes):5.0f} MB")
    if idle := [process.name for process in processes if process.state != "RUNNING"]:
        raise LauncherError(f"Not running: {', '.join(idle)}; see make logs S={idle[0]}.")


def _line(settings: Settings, process: Process) -> str:
    state = "ready" if is_ready(settings, process) else process.state.lower()
    age = f"{process.seconds // 3600}:{process.seconds // 60 % 60:02}:{process.seconds % 60:02}"
    return f"{process.name:16} {state:9} {process.pid:7} {age:>9} {pss_megabytes(process.pid):5.0f} MB"
