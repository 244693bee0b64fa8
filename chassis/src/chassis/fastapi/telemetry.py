"""FastAPI's own telemetry, switched off: spans are `chassis.tracing`'s, which have no query strings in them."""

from fastapi.telemetry import TelemetryConfig

NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False)
"""Give it as ``telemetry`` to every FastAPI.

Once anybody sets a global provider, or FASTAPI_OTEL_AUTO_CONFIGURE, it would trace each request with its whole query,
and record exceptions with their text (FastAPI 0.165).
"""
