"""One pool of connections for each service behind the gateway."""

from datetime import timedelta

from pyreqwest.client import Client, ClientBuilder

IDLE_CONNECTION = timedelta(seconds=15)  # less than the services keep theirs, or requests meet closing connections


def client_build(connect_seconds: float) -> Client:
    """A client that passes on what it gets: no redirect followed, nothing decoded, no proxy of the environment."""
    return (
        ClientBuilder()
        .follow_redirects(False)
        .referer(False)
        .gzip(False)
        .brotli(False)
        .zstd(False)
        .deflate(False)
        .no_proxy()
        .http1_only()
        .http1_lower_case_headers()
        .tcp_nodelay(True)
        .connect_timeout(timedelta(seconds=connect_seconds))
        .pool_idle_timeout(IDLE_CONNECTION)
        .build()
    )
