"""Errors and runs of recurring jobs to Sentry, off until SENTRY_DSN is set; secrets are cut out before they leave."""

import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chassis import tracing
from chassis.logging import current_request_id
from chassis.redaction import redact
from chassis.request_scope import PROBES
from chassis.settings import ServiceSettings

if TYPE_CHECKING:
    from sentry_sdk.types import Breadcrumb, BreadcrumbHint, Event, Hint


def setup(settings: ServiceSettings, process: str) -> None:
    """Report unhandled errors of this process from now on."""
    if not settings.sentry_dsn:
        return
    import sentry_sdk  # noqa: PLC0415  heavy, and most run without it

    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        release=settings.release,
        environment=settings.environment,
        server_name=settings.service,
        # send_default_pii is off unless set, and setting it is deprecated
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_before_send,
        before_breadcrumb=_before_breadcrumb,
        integrations=_integrations(process),
        # or it is Brotli, where a process happens to have its library: findings/sentry-sdk-brotli-found.sh
        _experiments={"transport_compression_algo": "gzip"},  # type: ignore[typeddict-item]  # compared as a word
        spotlight=False,  # or SENTRY_SPOTLIGHT would send everything, as it came, to somebody else too
    )
    sentry_sdk.set_tags({"service": settings.service, "process": process})


def _integrations(process: str) -> list[Any]:
    """Beside those the SDK finds: it hears of each run of a recurring job, where these are queued and done."""
    from sentry_sdk.integrations.atexit import AtexitIntegration  # noqa: PLC0415  heavy, as above

    silent = AtexitIntegration(callback=lambda *_: None)  # it would print at the end, which is no JSON
    if process not in {"worker", "beat"}:
        return [silent]
    from sentry_sdk.integrations.celery import CeleryIntegration  # noqa: PLC0415  only where Celery is anyway

    return [silent, CeleryIntegration(monitor_beat_tasks=True)]


def report(error: BaseException) -> None:
    """Send an error that was handled by logging it, as loops of background processes do."""
    if "sentry_sdk" in sys.modules:
        sys.modules["sentry_sdk"].capture_exception(error)


def _before_breadcrumb(crumb: "Breadcrumb", _hint: "BreadcrumbHint") -> "Breadcrumb":
    """What is noted by itself of each call to another service, without its query."""
    data: dict[str, Any] = crumb.get("data") or {}
    for name in ("http.query", "http.fragment"):
        data.pop(name, None)
    return crumb


def _before_send(event: "Event", _hint: "Hint") -> "Event | None":
    members: dict[str, Any] = dict(event)
    request = members.get("request", {})
    if urlsplit(request.get("url", "")).path in PROBES:
        return None
    if request:
        members["request"] = {"method": request.get("method"), "url": request.get("url", "").partition("?")[0]}
    members.pop("user", None)
    tags = {"request_id": current_request_id(), "trace_id": tracing.current_ids().get("trace_id")}
    members["tags"] = {**members.get("tags", {}), **{name: value for name, value in tags.items() if value}}
    scrubbed: Event = redact(members)
    return scrubbed
