"""How nginx and HAProxy are set up: one process, one thread, connections kept on both sides."""

import json
from pathlib import Path

from chassis.testing import TokenMint
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BODY = json.dumps({"title": "First light", "body": "x" * 980})
_NGINX = """
daemon off; master_process off; pid {port}.pid; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 10000000; keepalive_timeout 60;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  {upstream}
  server {{ listen 127.0.0.1:{port} reuseport; {locations} }}
}}
"""
_HAPROXY = """
global
  nbthread 1
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
frontend public
  bind 127.0.0.1:{port}
  http-request set-var(txn.token) http_auth_bearer
  http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
  http-request set-var(txn.iss) var(txn.token),jwt_payload_query('$.iss')
  http-request set-var(txn.aud) var(txn.token),jwt_payload_query('$.aud')
  http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless {{ var(txn.alg) -m str ES256 }}
  http-request deny deny_status 401 unless {{ var(txn.iss) -m str {issuer} }}
  http-request deny deny_status 401 unless {{ var(txn.aud) -m str {audience} }}
  http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
  http-request deny deny_status 401 unless {{ var(txn.token),jwt_verify(txn.alg,"{key}") -m int 1 }}
  default_backend service
backend service
  http-reuse always
  server one 127.0.0.1:{upstream}
"""


def upstream(port: int, mint: TokenMint) -> str:
    """All services in one: 1 KB whatever is asked, and the keys."""
    jwks = json.dumps(mint.jwks())
    return _NGINX.format(
        port=port,
        upstream="default_type application/json;",
        locations=f"location / {{ return 200 '{BODY}'; }} location = /.well-known/jwks.json {{ return 200 '{jwks}'; }}",
    )


def nginx(port: int, upstream: int) -> str:
    """A plain proxy."""
    return _NGINX.format(
        port=port,
        upstream=f"upstream service {{ server 127.0.0.1:{upstream}; keepalive 32; keepalive_requests 10000000; }}",
        locations="location / { proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ''; }",
    )


def haproxy(port: int, upstream: int, key: Path, mint: TokenMint) -> str:
    """A proxy that checks what an access token says and its signature."""
    return _HAPROXY.format(port=port, upstream=upstream, key=key, issuer=mint.issuer, audience=mint.audience)


def public_key(mint: TokenMint) -> bytes:
    return mint.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
