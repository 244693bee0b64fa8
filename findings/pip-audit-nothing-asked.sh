#!/bin/sh
# pip-audit 2.10.1: "No known vulnerabilities found", exit code 0, where not one package could be asked about.
#
# Guessed: a package that the advisory service does not know makes the audit fail, or at least end differently from a clean one.
# Seen: each such package is listed as "Dependency not found on PyPI and could not be audited", the summary on standard error is the one of a
# clean audit and so is the exit code. That holds for a single private package as for a whole lock behind an index without PyPI's JSON API, which
# answers 404 to every question. --strict turns the skipped package into exit code 1; the JSON report has "skip_reason" in place of "vulns".
#
# Output seen:
#   exit 0: No known vulnerabilities found
#   exit 1 with --strict
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pip-audit==2.10.1
echo 'a-package-of-our-own-that-no-index-has==1.0' >"$folder/requirements.txt"
audit() {
  "$folder/venv/bin/pip-audit" --disable-pip --no-deps --progress-spinner=off --requirement="$folder/requirements.txt" "$@" 2>"$folder/said" >"$folder/table"
}
audit && code=0 || code=$?
echo "exit $code: $(tail -n 1 "$folder/said")"
[ "$code" = 0 ]
grep -q 'No known vulnerabilities found' "$folder/said"
grep -q 'could not be audited' "$folder/table"
audit --strict && code=0 || code=$?
echo "exit $code with --strict"
[ "$code" = 1 ]
