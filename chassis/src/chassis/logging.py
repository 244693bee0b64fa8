"""JSON lines on standard output, in one shape for access, application, framework and Celery logs."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TextIO, cast
from uuid import UUID

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars
from structlog.types import EventDict, Processor

from chassis import log_output, tracing
from chassis.clock import format_timestamp, now
from chassis.redaction import redact
from chassis.settings import ServiceSettings

_FIRST = (
    "ts",
    "level",
    "service",
    "version",
    "env",
    "process",
    "trace_id",
    "span_id",
    "request_id",
    "user_hash",
    "route",
)
_LEAST = {  # what these say below, our own lines say better
    "asyncio": logging.WARNING,
    "django.request": logging.ERROR,
    "pika": logging.WARNING,
    "urllib3": logging.WARNING,
}

_hash_key = b""


def configure(settings: ServiceSettings, process: str, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's logging through one chain; call once, first thing in a process."""
    global _hash_key  # noqa: PLW0603  one per process
    _hash_key = hashlib.sha256(settings.log_hash_key.encode()).digest() if settings.log_hash_key else b""
    output = stream or log_output.unfailing()
    chain = _chain(settings, process)
    log_output.tell(output, partial(_notice, chain))
    structlog.configure(
        processors=[*chain, _render],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.WriteLoggerFactory(output),
        cache_logger_on_first_use=stream is None,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render],
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), _without_objects, *chain],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)
    logging.captureWarnings(capture=True)
    for name, level in _LEAST.items():
        logging.getLogger(name).setLevel(level)


def get_logger() -> structlog.typing.FilteringBoundLogger:
    """A logger; call it with an event in words and the rest as keywords: ``log.info("post published", post=id)``."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger())


def bind_request(**fields: str | None) -> None:
    """Put fields (``request_id``, ``route``) on every later line of this request or task; None is no field."""
    bind_contextvars(**fields)


def bind_user(user_id: UUID) -> None:
    """Put the caller's pseudonym, if there is one, on every later line."""
    if name := pseudonym(user_id):
        bind_contextvars(user_hash=name)


def pseudonym(user_id: UUID) -> str | None:
    """Whose a line is: equal in all services, and told from an id by who has LOG_HASH_KEY alone; None without one."""
    return hashlib.blake2b(user_id.bytes, digest_size=8, key=_hash_key).hexdigest() if _hash_key else None


def clear_request() -> None:
    """Forget what was bound; call before and after a unit of work."""
    clear_contextvars()


def current_request_id() -> str | None:
    """The id of the request being served, to pass on to the next service."""
    return get_contextvars().get("request_id")


def _chain(settings: ServiceSettings, process: str) -> list[Processor]:
    identity = {
        "service": settings.service,
        "version": settings.release,
        "env": settings.environment,
        "process": process,
    }
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.format_exc_info,
        _without_secrets,
        structlog.processors.add_log_level,
        _add(lambda: {"ts": format_timestamp(now())} | identity | tracing.current_ids()),
    ]


def _notice(chain: Iterable[Processor], lines: int) -> str:
    event: Any = {"event": f"{lines} lines could not be written", "lines": lines}
    for processor in chain:
        event = processor(None, "warning", event)
    return f"{_render(None, '', event)}\n"


def _add(fields: Callable[[], dict[str, str]]) -> Processor:
    def add(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return fields() | dict(event)

    return add


def _without_objects(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Without what frameworks hang on for handlers of their own: a request as Django sees it, a line in colours."""
    for name in ("request", "color_message"):
        event.pop(name, None)
    return event


def _without_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    # what structlog itself puts there is neither ours to change nor rendered
    fields = event.items()
    return {key: value if key.startswith("_") else redact(value, key) for key, value in fields if value is not None}


def _render(_logger: Any, _method: str, event: EventDict) -> str:
    ordered = {key: event.pop(key) for key in _FIRST if key in event} | dict(event)
    try:
        return json.dumps(ordered, default=str, ensure_ascii=False)
    except Exception:  # noqa: BLE001  odd keys, circles, whatever a text form raises: the work is worth more
        return json.dumps(
            {key: value if isinstance(value, str) else str(type(value)) for key, value in ordered.items()}
        )
