#!/bin/bash
# Lighthouse 12.8.2 (npm) says of a site whose robots.txt is sound that it is not valid, where the page's
# Content-Security-Policy lets nothing connect: it asks for the file from inside the page, and the policy holds for that, too,
# though nothing of the page is run. Guessed: a crawler's file is judged as crawlers get it, outside of any page. Output seen:
#   default-src 'none'; style-src 'self': robots-txt 0 (Lighthouse was unable to download a robots.txt file)
#   default-src 'none'; style-src 'self'; connect-src 'self': robots-txt 1
# So a page without scripts, too, says connect-src 'self' if its owner looks at such reports.
# Needs node >= 18.20 and a Chromium, whose path is in CHROME_PATH where it is not the system's.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"dependencies": {"lighthouse": "12.8.2"}, "overrides": {"third-party-web": "0.27.0"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null
export CHROME_PATH=${CHROME_PATH:-$(command -v chromium)}
cat >judge.mjs <<'JAVASCRIPT'
import assert from "node:assert";
import http from "node:http";
import lighthouse from "lighthouse";
import * as chromeLauncher from "chrome-launcher";

const page = '<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><p>Words.';
const policies = {
  "default-src 'none'; style-src 'self'": 0,
  "default-src 'none'; style-src 'self'; connect-src 'self'": 1,
};
const chromeFlags = ["--headless=new", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])];
const chrome = await chromeLauncher.launch({ chromeFlags });
try {
  for (const [policy, expected] of Object.entries(policies)) {
    const server = http.createServer((request, response) => {
      const robots = request.url === "/robots.txt";
      const headers = robots ? { "Content-Type": "text/plain" } : { "Content-Type": "text/html", "Content-Security-Policy": policy };
      response.writeHead(200, headers).end(robots ? "User-agent: *\nDisallow: /private/\n" : page);
    });
    await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
    const url = `http://127.0.0.1:${server.address().port}/`;
    const { lhr } = await lighthouse(url, { port: chrome.port, onlyAudits: ["robots-txt"], logLevel: "silent" });
    const { score, explanation } = lhr.audits["robots-txt"];
    console.log(`${policy}: robots-txt ${score}${explanation ? ` (${explanation})` : ""}`);
    assert.equal(score, expected, "the behaviour has changed");
    server.close();
    server.closeAllConnections();
  }
} finally {
  chrome.kill();
}
JAVASCRIPT
node judge.mjs
