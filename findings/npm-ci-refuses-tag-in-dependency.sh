#!/bin/bash
# npm 11.19.1: `npm ci` refuses the lock that `npm install` has just written, where a package depends on another by a dist-tag
# ("latest") and an older version of that is there already: install is content with the older one and writes no second, ci
# asks the registry what "latest" is today. So is lighthouse 12.8.2, whose @paulirish/trace_engine 0.0.59 wants the "latest" of
# third-party-web beside lighthouse's own ^0.27.0. Guessed: a lock that install has written can be installed by ci. Output seen:
#   install: wrote a lock
#   ci: npm error Missing: third-party-web@0.30.0 from lock file
#   ci with an override: installed
# So name the version in package.json's "overrides" before the lock is made.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix "$folder/tools" npm@11.19.1 >/dev/null
npm() { "$folder/tools/node_modules/.bin/npm" "$@" --ignore-scripts --no-audit --no-fund; }
mkdir project && cd project

wanted='"dependencies": {"@paulirish/trace_engine": "0.0.59", "third-party-web": "0.27.0"}'
echo "{$wanted}" >package.json
npm install --silent --package-lock-only
echo "install: wrote a lock"
! npm ci >said 2>&1 || { echo "the behaviour has changed: ci took the lock"; exit 1; }
echo "ci: $(grep -m 1 'Missing: third-party-web@.* from lock file' said)"

echo "{$wanted, \"overrides\": {\"third-party-web\": \"0.27.0\"}}" >package.json
rm package-lock.json
npm install --silent --package-lock-only
npm ci --silent
echo "ci with an override: installed"
