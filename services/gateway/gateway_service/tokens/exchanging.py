"""Asks auth for the access tokens of personal ones, in threads: it comes up once a minute for a token."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from chassis.client_credentials import client_credentials
from chassis.internal_client import InternalClient, InternalNotFound, InternalUnavailable
from chassis.tokens import TITLES, TokenRefused

from gateway_service.settings import GatewaySettings
from gateway_service.tokens.personal import ExchangeFailedError

PATH = "/internal/personal-tokens"
THREADS = 4


class AuthExchange:
    """Asks auth for one process; its threads start with the first personal token."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._auth = InternalClient(settings.auth_url, client_credentials(settings, "auth"), timeout=2)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="personal-tokens")

    async def __call__(self, text: str) -> str:
        """The access token; raises TokenRefused where auth gives none, and ExchangeFailedError without an answer."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, text)

    def _ask(self, text: str) -> str:
        try:
            told = self._auth.post_json(PATH, {"token": text})
        except (InternalUnavailable, InternalNotFound) as error:
            raise ExchangeFailedError from error
        if not isinstance(told, dict):
            raise ExchangeFailedError
        if told.get("refused") in TITLES:
            raise TokenRefused(told["refused"])
        if not isinstance(told.get("access_token"), str):
            raise ExchangeFailedError
        return str(told["access_token"])
