"""Clients that ask all the time."""

import threading

import httpx

from gateway_service.testing.running import Running


class Load:
    """Clients that keep asking over connections they keep, until the gateway is no longer ready."""

    def __init__(self, running: Running, path: str, clients: int) -> None:
        self.answered = 0
        self.failures: list[str] = []
        self.closing = 0
        self._running = running
        self._path = path
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        with httpx.Client(base_url=self._running.url, timeout=20) as client:
            while not self._stop.is_set():
                try:
                    answer = client.get(self._path)
                    self.closing += answer.headers.get("connection") == "close"
                    self.answered += 1
                    if answer.status_code != 200:
                        self.failures.append(answer.text)
                except httpx.TransportError as error:
                    self.failures.append(repr(error))
