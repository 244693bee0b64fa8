"""``make alert-proof``: prove every alert, or those of the faults that prove ALERT; what was proved is kept at once."""
# ruff: noqa: T201  what is proved is printed

import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from launcher.interrupting import interrupt_when_asked_to_end
from tests.alerts import page
from tests.alerts.faults import FAULTS, Fault, wanted
from tests.alerts.proof import Proof, ProofError
from tests.alerts.stage import Stage


def main() -> int:
    alert = os.environ.get("ALERT", "")
    faults = wanted(alert)
    if not faults:
        known = sorted(name for fault in FAULTS for name in fault.proves)
        print(f"No fault proves {alert}; there are faults for {', '.join(known)}.", file=sys.stderr)
        return 2
    interrupt_when_asked_to_end()
    with tempfile.TemporaryDirectory(prefix="broadsheet-alerts-") as folder, Stage(Path(folder)) as stage:
        unproved = [fault for fault in page.longest_unproved_first(faults, page.known()) if not _prove(stage, fault)]
    return 1 if unproved else 0


def _prove(stage: Stage, fault: Fault) -> bool:
    """Whether the fault's alerts are as they should be; says and keeps what was seen."""
    print(f"{time.strftime('%H:%M:%S')} {fault.name}", flush=True)
    try:
        proved = Proof(stage, fault).prove()
    except (ProofError, AssertionError) as error:
        print(f"  NOT PROVED {', '.join(fault.proves)}: {error}", flush=True)
        return False
    except Exception:  # noqa: BLE001  the next fault may be proved
        print(f"  NOT PROVED {', '.join(fault.proves)}: {traceback.format_exc()}", flush=True)
        return False
    page.keep(proved)
    for each in proved:
        print(f"  {each.alert}: fired after {each.fired} s, resolved after {each.resolved} s", flush=True)
    return True


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted; its platform is stopped.")
