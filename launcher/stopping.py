"""The platform of this folder brought down, whatever state it is in."""

import shutil

from launcher import observers
from launcher.copies import end_leftovers
from launcher.private_servers import KIND_OF_PROGRAM
from launcher.settings import Settings
from launcher.supervisor import Supervisor


def bring_down(settings: Settings) -> bool:
    """Stop every process, also those a dead supervisor left behind; says whether there were any."""
    supervisor = Supervisor(settings)
    was_running = supervisor.is_running()
    if was_running:
        supervisor.stop()
    (settings.run_folder / "started").unlink(missing_ok=True)
    return end_leftovers(settings.var) or was_running


def delete_data(settings: Settings) -> None:
    """Delete databases, pictures, logs and private servers; only while nothing runs."""
    for kind in {*KIND_OF_PROGRAM.values(), *observers.KIND_OF_PROGRAM.values()}:
        kind(settings.var / "servers").remove()
    shutil.rmtree(settings.var, ignore_errors=True)
