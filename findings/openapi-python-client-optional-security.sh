#!/bin/bash
# openapi-python-client 0.29.1: an operation that may be asked with or without a log-in is generated as one that needs it.
#
# Guessed: `security: [{}, {bearer: []}]`, which OpenAPI 3.1 says for "makes security optional", takes a Client or an AuthenticatedClient,
# as an operation without security does. Seen: the signature asks for an AuthenticatedClient, so a reader who is nobody does not pass mypy;
# at run time a Client does. Output seen:
#   none: AuthenticatedClient | Client
#   optional: AuthenticatedClient
#   required: AuthenticatedClient
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1
cat >openapi.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": {"title": "Doors", "version": "1"},
  "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
  "paths": {
    "/none": {"get": {"operationId": "none", "security": [], "responses": {"204": {"description": "Open."}}}},
    "/optional": {"get": {"operationId": "optional", "security": [{}, {"bearer": []}], "responses": {"204": {"description": "Open."}}}},
    "/required": {"get": {"operationId": "required", "security": [{"bearer": []}], "responses": {"204": {"description": "Open."}}}}
  }
}
JSON
venv/bin/openapi-python-client generate --path openapi.json --meta none --output-path doors --overwrite >/dev/null 2>&1
takes() { sed -n '/^def sync_detailed/,/^)/s/^ *client: \(.*\),$/\1/p' "doors/api/default/$1.py"; }
for name in none optional required; do echo "$name: $(takes $name)"; done
[ "$(takes none)" = 'AuthenticatedClient | Client' ]
[ "$(takes optional)" = AuthenticatedClient ] || { echo "the behaviour has changed" >&2; exit 1; }
[ "$(takes required)" = AuthenticatedClient ]
