#!/bin/bash
# obstore 0.12.1, LocalStore: copying an object a second time to the same place leaves a file "<name>#0" behind, a third
# time "<name>#1": they hold the bytes, list() hides them, delete() refuses their names, and they stay when both objects are
# deleted. Guessed: a copy onto what is there already replaces it, or changes nothing. It is a hard link under a name of its
# own and then a rename, and POSIX lets a rename between two links of one file do nothing at all. Output seen:
#   copied once: listed a b, in the folder a b
#   copied twice: listed a b, in the folder a b b#0
#   copied three times: listed a b, in the folder a b b#0 b#1
#   both deleted: listed nothing, in the folder b#0 b#1
# So put() the bytes again in place of a second copy(), or look with head() whether the copy is there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check obstore==0.12.1
mkdir "$folder/objects"
"$folder/venv/bin/python" - "$folder/objects" <<'PYTHON'
import os
import sys

import obstore
from obstore.store import LocalStore

folder = sys.argv[1]
store = LocalStore(folder)


def show(when, listed, there):
    found = sorted(meta["path"] for batch in obstore.list(store) for meta in batch)
    print(f"{when}: listed {' '.join(found) or 'nothing'}, in the folder {' '.join(sorted(os.listdir(folder)))}")
    assert (found, sorted(os.listdir(folder))) == (listed, there), "the behaviour has changed"


obstore.put(store, "a", b"words")
for when, left in (("once", []), ("twice", ["b#0"]), ("three times", ["b#0", "b#1"])):
    obstore.copy(store, "a", "b")
    show(f"copied {when}", ["a", "b"], ["a", "b", *left])
obstore.delete(store, ["a", "b"])
show("both deleted", [], ["b#0", "b#1"])
PYTHON
