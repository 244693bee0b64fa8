"""Secrets of webhooks and signatures with them, as https://github.com/standard-webhooks/standard-webhooks says."""

import base64
import hmac
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from chassis.sealing import seal, unseal

from blog_service.settings import settings
from blog_service.webhooks.models import Webhook

PREFIX = "whsec_"
_BYTES = 24
_PURPOSE = b"broadsheet blog webhooks"


def secret_make() -> str:
    """A new secret. In the standard alphabet of Base64: the libraries of receivers do not agree on the other."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def secret_seal(webhook: Webhook, secret: str) -> bytes:
    """The secret as it is kept; it can be opened for this webhook alone."""
    return seal(secret.encode(), name=str(webhook.id), secret=settings().webhook_key, purpose=_PURPOSE)


def secrets_of(webhook: Webhook, *, now: datetime) -> Iterator[str]:
    """What messages are signed with now: the present secret, and the former while it counts.

    Raises SealBroken if neither BLOG_WEBHOOK_KEY nor its fallback is the one of then.
    """
    yield _opened(webhook, webhook.secret)
    if webhook.former_secret is not None and webhook.former_secret_until and now < webhook.former_secret_until:
        yield _opened(webhook, webhook.former_secret)


def secrets_reseal(webhook: Webhook) -> None:
    """Seal the secrets of a webhook anew, under the present key, for who saves it; raises SealBroken as above."""
    webhook.secret = secret_seal(webhook, _opened(webhook, webhook.secret))
    if webhook.former_secret is not None:
        webhook.former_secret = secret_seal(webhook, _opened(webhook, webhook.former_secret))


def signed_headers(message_id: str, body: bytes, *, secrets: Iterable[str], now: datetime) -> dict[str, str]:
    """The headers by which a receiver knows that a message is ours, whole and of now: a signature by each secret."""
    timestamp = str(int(now.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [f"v1,{_signature(secret, signed)}" for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    return base64.b64encode(hmac.digest(key, signed, sha256)).decode()


def _opened(webhook: Webhook, sealed: "bytes | memoryview[int]") -> str:
    own = settings()
    keys = {"secret": own.webhook_key, "fallback": own.webhook_key_fallback}
    return unseal(bytes(sealed), name=str(webhook.id), purpose=_PURPOSE, **keys).decode()
