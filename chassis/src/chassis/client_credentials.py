"""Asks auth for service tokens: client credentials (RFC 6749, 4.4)."""

from functools import cache, partial
from urllib.parse import quote_plus, urlencode

import urllib3

from chassis.service_credentials import Credentials, CredentialsUnavailable, ServiceToken
from chassis.settings import ClientSettings

TIMEOUT_SECONDS = 2


def client_credentials(settings: ClientSettings, audience: str) -> Credentials:
    """The credentials of this service for another one, shared by everything in the process."""
    return _shared(settings.auth_url, settings.service, settings.client_secret, audience, settings.service_token)


@cache
def _shared(auth_url: str, client: str, secret: str, audience: str, former: str) -> Credentials:
    return Credentials(partial(_ask_auth, auth_url, client, secret, audience), former=former)


def _ask_auth(auth_url: str, client: str, secret: str, audience: str) -> ServiceToken:
    basic = ":".join(map(quote_plus, (client, secret)))  # RFC 6749, 2.3.1
    body = urlencode({"grant_type": "client_credentials", "audience": audience})
    headers = urllib3.make_headers(basic_auth=basic) | {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{auth_url}/internal/tokens"
    try:
        answer = urllib3.request(
            "POST", url, body=body, headers=headers, timeout=TIMEOUT_SECONDS, retries=False, redirect=False
        )
        if answer.status != 200:
            raise CredentialsUnavailable(f"auth answered {answer.status}")
        told = answer.json()
        return ServiceToken(str(told["access_token"]), float(told["expires_in"]))
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError) as error:
        raise CredentialsUnavailable(type(error).__name__) from error
