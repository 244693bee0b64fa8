"""Media: what pictures cost on their way in, drawn, and on their way out, beside simpler code and beside earlier code.

On one private PostgreSQL, whose data is gone afterwards.
"""

import tempfile
from pathlib import Path

from chassis.testing import TokenMint

from benchmarks.media import drawing, reading, sending
from benchmarks.media.serving import Media, plain_web
from benchmarks.processes import code_at, processes, who_publishes_keys
from benchmarks.results import Figure
from launcher.servers import Postgres


def measure(*, quick: bool) -> list[Figure]:
    """P6, picture-get and what uploads cost."""
    mint = TokenMint("https://broadsheet.test", "broadsheet")
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as name, who_publishes_keys(mint) as auth_url:
        postgres = Postgres(Path(name), settings={"shared_buffers": "256MB", "max_wal_size": "4GB"})
        with postgres, processes() as started:
            url = postgres.create_database
            now = Media("now", url("now"), auth_url, mint, started)
            then = Media(
                "then", url("then"), auth_url, mint, started, code_at(reading.EARLIER, started.folder), "filesystem://"
            )
            now.migrate()
            web, plain = now.web(), plain_web(started)
            figures = [*reading.measure((now, web), then, plain, quick=quick)]
            figures += drawing.measure(now, web, quick=quick)
            figures += sending.measure(now, web, plain, quick=quick)
        postgres.remove()
    return figures
