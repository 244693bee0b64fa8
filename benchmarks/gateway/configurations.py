"""How nginx and HAProxy are set up: one process, one thread, connections kept on both sides."""

import json
from pathlib import Path

from chassis.testing import TokenMint
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BODY = json.dumps({"title": "First light", "body": "x" * 980})
_NGINX = """
daemon off; master_process off; pid {port}.pid; worker_processes 1;
events {{ worker_connections 8192; }}
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


def upstream(port: int, mint: TokenMint, folder: Path) -> str:
    """All services in one: the files of a folder, which it also takes, else 1 KB whatever is asked, and the keys.

    What it gives out may be kept for an hour.
    """
    jwks = json.dumps(mint.jwks())
    kept = 'add_header Cache-Control "public, s-maxage=3600"; add_header Surrogate-Key posts;'
    files = f"root {folder}; dav_methods PUT; client_max_body_size 0; try_files $uri @any; {kept}"
    return _NGINX.format(
        port=port,
        upstream="default_type application/json;",
        locations=f"location / {{ {files} }} location @any {{ return 200 '{BODY}'; }} "
        f"location = /.well-known/jwks.json {{ return 200 '{jwks}'; }}",
    )


def nginx(port: int, upstream: int) -> str:
    """A plain proxy, which writes no file of what is larger than its buffers."""
    streams = "proxy_request_buffering off; proxy_max_temp_file_size 0; client_max_body_size 0;"
    return _proxy(port, upstream, outside=streams)


def caching_nginx(port: int, upstream: int) -> str:
    """A proxy that keeps what may be kept."""
    return _proxy(
        port, upstream, outside="proxy_cache_path kept keys_zone=kept:1m use_temp_path=off;", inside="proxy_cache kept;"
    )


def _proxy(port: int, upstream: int, *, outside: str = "", inside: str = "") -> str:
    service = f"upstream service {{ server 127.0.0.1:{upstream}; keepalive 32; keepalive_requests 10000000; }}"
    kept = "proxy_http_version 1.1; proxy_set_header Connection '';"
    return _NGINX.format(
        port=port,
        upstream=f"{service} {outside}",
        locations=f"location / {{ proxy_pass http://service; {kept} {inside} }}",
    )


def haproxy(port: int, upstream: int, key: Path, mint: TokenMint) -> str:
    """A proxy that checks what an access token says and its signature."""
    return _HAPROXY.format(port=port, upstream=upstream, key=key, issuer=mint.issuer, audience=mint.audience)


def public_key(mint: TokenMint) -> bytes:
    return mint.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
