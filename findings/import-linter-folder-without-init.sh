#!/bin/bash
# import-linter 2.16 (grimp 3.20): a folder without __init__.py inside a package is not looked at, nor anything in it. Python
# imports its modules all the same (a namespace package), so they run, and a contract that they break is reported as kept, with
# exit code 0 and no warning. Guessed: what can be imported below the root package is checked. Output seen:
#   with __init__.py: 5 files, 1 dependencies, exit 1: web may not import db BROKEN
#   without it: 3 files, 0 dependencies, exit 0: web may not import db KEPT
# So let a linter refuse such folders (ruff's INP001), or count the files that lint-imports says it has analysed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check import-linter==2.16 grimp==3.20
cd "$folder"
mkdir -p shop/db shop/web/pages
touch shop/__init__.py shop/db/__init__.py shop/web/__init__.py shop/web/pages/__init__.py
echo "import shop.db" > shop/web/pages/home.py
cat > .importlinter <<'INI'
[importlinter]
root_package = shop
[importlinter:contract:web]
name = web may not import db
type = forbidden
source_modules = shop.web
forbidden_modules = shop.db
INI
look() { # how it is called, exit code, what is analysed, what is said of the contract
    code=0
    "$folder/venv/bin/lint-imports" --no-cache > said || code=$?
    analysed=$(sed -n 's/^Analyzed \(.*\)\.$/\1/p' said)
    contract=$(grep -m 1 -o '^web may not import db [A-Z]*' said)
    echo "$1: $analysed, exit $code: $contract"
    [ "$code, $analysed, $contract" = "$2, $3, web may not import db $4" ] || { echo "the behaviour has changed" >&2; exit 1; }
}
look "with __init__.py" 1 "5 files, 1 dependencies" BROKEN
rm shop/web/pages/__init__.py
"$folder/venv/bin/python" -c "import shop.web.pages.home" # it runs all the same
look "without it" 0 "3 files, 0 dependencies" KEPT
