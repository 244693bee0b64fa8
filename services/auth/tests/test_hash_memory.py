"""A hash of a password finds the memory that the last one left, in whichever thread it is made."""

import os
import subprocess
import sys

_FAULTS = """
import resource
from concurrent.futures import ThreadPoolExecutor
from argon2.low_level import Type, hash_secret
from auth_service.users import hash_memory

def faults(_=None):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    hash_secret(b"a pass phrase", b"salt and pepper", 1, hash_memory.HASH_KIB, 1, 32, Type.ID)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

hash_memory.keep(2)
first = faults()
with ThreadPoolExecutor(2) as one, ThreadPoolExecutor(2) as other:
    print(first, *[next(pool.map(faults, [0])) for pool in (one, other, one, other)])
"""
GIVE_BACK = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""What the launcher has all its processes do."""
PAGES = 19_456 // 4


def test_pages_are_mapped_for_the_first_hash_alone() -> None:
    command = [sys.executable, "-c", _FAULTS]
    printed = subprocess.run(command, env=os.environ | GIVE_BACK, check=True, capture_output=True, text=True).stdout
    first, *later = map(int, printed.split())
    assert first > PAGES * 0.9
    assert max(later) < PAGES * 0.1
