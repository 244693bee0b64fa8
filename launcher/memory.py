"""What processes weigh: proportional set size, in which shared pages are counted once over all of them."""

from pathlib import Path

from launcher.servers.programs import tree


def pss_megabytes(pid: int) -> float:
    """Return the PSS of a process and its children in MB (10^6 bytes); 0 where the kernel does not tell, or of none."""
    if not pid:  # below process 0 is the whole machine
        return 0
    return sum(_pss_kilobytes(each) for each in tree(pid)) * 1024 / 1e6


def _pss_kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
