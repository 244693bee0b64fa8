"""Buckets for what speaks S3: the stand-in of media's tests, and those of a real server where one was named."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from media_service.settings import MediaSettings
from media_service.testing.bucket import bucket

from launcher.servers.ports import LOOPBACK, answers, free_port
from tests.support.waiting import eventually

NAME, KEY, SECRET = "pictures", "key", "secret"


@contextmanager
def real_bucket(name: str) -> Iterator[str]:
    """Serve an empty bucket by versitygw until the block ends; gives the endpoint. TEST_VERSITYGW is its program."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="broadsheet-test-") as folder:
        buckets, notes = Path(folder, "buckets"), Path(folder, "notes")  # what a disk may have no attributes for
        (buckets / name).mkdir(parents=True)
        notes.mkdir()
        command = [os.environ["TEST_VERSITYGW"], "--quiet", "--port", f"{LOOPBACK}:{port}"]
        command += ["posix", "--sidecar", str(notes), str(buckets)]
        secrets = {"ROOT_ACCESS_KEY": KEY, "ROOT_SECRET_KEY": SECRET}
        with subprocess.Popen(command, env=secrets, cwd=folder, stdout=subprocess.DEVNULL) as server:
            try:
                eventually(lambda: answers(port))
                yield f"http://{LOOPBACK}:{port}"
            finally:
                server.terminate()


BUCKETS: dict[str, Callable[[str], AbstractContextManager[str]]] = {"bucket": bucket}
"""All there are on this machine; see `make test-s3`."""
if "TEST_VERSITYGW" in os.environ:
    BUCKETS["versitygw"] = real_bucket


@contextmanager
def bucket_settings(kind: str, *, below: str = "") -> Iterator[MediaSettings]:
    """Media's settings for an empty bucket of a kind."""
    with BUCKETS[kind](NAME) as endpoint:
        yield MediaSettings(
            storage_url=f"s3://{NAME}{below}",
            s3_endpoint_url=endpoint,
            s3_access_key_id=KEY,
            s3_secret_access_key=SECRET,
        )
