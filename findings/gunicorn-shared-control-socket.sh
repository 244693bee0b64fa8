#!/bin/bash
# gunicorn 27.0.1: every server has a control socket unless told otherwise, and all of one user's have the same. The server
# that starts last takes it from the others without a word in any log, so `gunicornc` asks, and would reload or resize, that
# one; when it stops it removes the socket, and the servers that run on cannot be asked at all. Guessed: the second server
# takes another path, or says that the path is in use. Output seen:
#   with the first alone: listeners of first
#   with both: listeners of second
#   with the first alone again: no socket
# So give each server of a machine its own --control-socket, or --no-control-socket.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gunicorn==27.0.1
cat > "$folder/app.py" <<'PYTHON'
def app(environment, start_response):
    start_response("204 No Content", [])
    return []
PYTHON
export HOME=$folder
unset XDG_RUNTIME_DIR
cd "$folder"
serve() { # NAME
    venv/bin/gunicorn --bind="unix:$folder/$1" --log-file="$1.log" app:app &
    until grep -q "Control socket listening" "$1.log" 2>/dev/null; do sleep 0.1; done
}
ask() { # the name of the server that answers
    listener=$(venv/bin/gunicornc -c "show listeners" 2>/dev/null | grep -o "$folder/[a-z]*") && echo "listeners of ${listener##*/}" || echo "no socket"
}
expect() { # WHEN WHAT
    echo "$1: $(ask)"
    [ "$(ask)" = "$2" ] || { echo "the behaviour has changed" >&2; exit 1; }
}
serve first
expect "with the first alone" "listeners of first"
serve second
expect "with both" "listeners of second"
kill %2
wait %2 || true
expect "with the first alone again" "no socket"
