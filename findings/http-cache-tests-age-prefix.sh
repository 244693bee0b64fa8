#!/bin/bash
# http-cache-tests 0.4.5 (npm), the public suite of RFC 9111: the required test age-parse-prefix is named "should consider a
# response with a `Age` header with `0, old` to be stale", and passes only if the response is reused. The same two values on two
# lines (age-parse-prefix-twoline) pass only if it is not. Guessed: a test checks what it is called, and one field in one line is
# that field in two (RFC 9110, 5.3), so a cache can pass both. Output seen:
#   age-parse-prefix: to be stale: cached
#   age-parse-prefix-twoline: to be stale (`0`, old): not_cached
# So a cache that takes a list of ages for none fails one required test, whatever it does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent http-cache-tests@0.4.5 >/dev/null
tar xf http-cache-tests-0.4.5.tgz
node --input-type=module - <<'JAVASCRIPT'
import assert from "node:assert";
const { default: suite } = await import(`${process.cwd()}/package/tests/age-parse.mjs`);
const expected = { "age-parse-prefix": "cached", "age-parse-prefix-twoline": "not_cached" };
for (const [id, outcome] of Object.entries(expected)) {
  const test = suite.tests.find((each) => each.id === id);
  console.log(`${id}: ${test.name.slice(test.name.indexOf("to be stale"))}: ${test.requests[1].expected_type}`);
  assert.match(test.name, /to be stale/);
  assert.equal(test.requests[1].expected_type, outcome, "the behaviour has changed");
}
JAVASCRIPT
