"""What every job does around its work."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Task
from celery.exceptions import Retry

from chassis import metrics, sentry, statsd, tracing
from chassis.jobs.limits import JOB_SECONDS, within
from chassis.logging import bind_request, clear_request


class Job(Task):  # type: ignore[type-arg]
    """Runs within the trace and under the request id of who queued it, for a limited time, and is counted and timed."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        headers = self.request.headers or {}
        clear_request()
        bind_request(request_id=headers.get("request_id"), job=self.name)
        caller, state = headers.get("traceparent"), headers.get("tracestate")
        with (
            tracing.span(self.name, kind="CONSUMER", parent=caller, state=state),
            _measured(self.name),
            within(self.time_limit or JOB_SECONDS, self.name),
        ):
            return super().__call__(*args, **kwargs)


@contextmanager
def _measured(name: str) -> Iterator[None]:
    outcome, began = "failed", time.perf_counter()
    try:
        yield
        outcome = "done"
    except Retry:
        outcome = "retried"
        raise
    except Exception as error:
        sentry.report(error)  # its own way into Celery begins with the worker's modules, before anybody has set it up
        raise
    finally:
        seconds = time.perf_counter() - began
        metrics.histogram("job_duration_seconds").labels(name).observe(seconds)
        metrics.counter("jobs_run_total").labels(name, outcome).inc()
        statsd.timing(f"jobs.{name}", seconds * 1000)
