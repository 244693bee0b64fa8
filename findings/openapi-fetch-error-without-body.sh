#!/bin/bash
# openapi-fetch 0.17.0 (npm): of { data, error }, the pair that every call answers and that its examples test with
# `if (error)`, both are undefined where the server refuses without a body: 401, 404, 412 or 503 looks like a 204. With
# chunks in place of a Content-Length the error is "", which is false as well. TypeScript does not help: error is typed as the
# document's problem. Guessed: error is set whenever the status is not 2xx. Output seen:
#   204 no content: data undefined, error undefined
#   401 with a problem: data undefined, error {"status":401}
#   401 with Content-Length 0: data undefined, error undefined
#   401 in no chunk: data undefined, error ""
# So ask `response.ok`, or give the client a middleware whose onResponse throws unless it is.
# Needs node >= 18.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund openapi-fetch@0.17.0
cat > seen.mjs <<'JAVASCRIPT'
import assert from "node:assert";
import { createServer } from "node:http";
import createClient from "openapi-fetch";

const answers = {
  "/204 no content": [204, {}, ""],
  "/401 with a problem": [401, { "Content-Type": "application/problem+json" }, '{"status":401}'],
  "/401 with Content-Length 0": [401, { "Content-Length": "0" }, ""],
  "/401 in no chunk": [401, { "Transfer-Encoding": "chunked" }, ""],
};
const server = createServer((request, response) => {
  const [status, headers, body] = answers[decodeURIComponent(request.url)];
  response.writeHead(status, headers).end(body);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const client = createClient({ baseUrl: `http://127.0.0.1:${server.address().port}` });
const truths = [];
for (const path of Object.keys(answers)) {
  const { data, error } = await client.GET(encodeURI(path));
  console.log(`${path.slice(1)}: data ${JSON.stringify(data)}, error ${JSON.stringify(error)}`);
  truths.push(Boolean(error));
}
server.close();
assert.deepStrictEqual(truths, [false, true, false, false], "the behaviour has changed");
JAVASCRIPT
node seen.mjs
