from chassis.metrics import catalogue
from chassis.tallies import Count, Durations, Tallies
from chassis.tracing import SpanIds
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.parser import text_string_to_metric_families

BOUNDS = [0.5, 1.0, 2.0]
SAMPLED, NOT_SAMPLED = SpanIds("4b" * 16, "00" * 8, "01"), SpanIds("5c" * 16, "00" * 8, "00")


def samples(registry: CollectorRegistry) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_counter_is_on_the_page_of_metrics() -> None:
    registry = CollectorRegistry()
    tokens = Tallies(catalogue()["gateway_tokens_total"], Count, registry)
    for outcome in ("cached", "cached", "refused"):
        tokens.labels(outcome).inc()
    assert samples(registry) == {("gateway_tokens_total", "cached"): 2, ("gateway_tokens_total", "refused"): 1}


def test_histogram_counts_what_took_at_most_so_long() -> None:
    registry = CollectorRegistry()
    name = "gateway_upstream_duration_seconds"
    upstreams = Tallies(catalogue()[name], lambda: Durations(BOUNDS), registry)
    for seconds in (0.25, 0.5, 0.75, 4.0):
        upstreams.labels("blog").observe(seconds)
    seen = samples(registry)
    assert [value for sample, value in seen.items() if sample[0] == f"{name}_bucket"] == [2, 3, 3, 4]
    assert seen[(f"{name}_count", "blog")] == 4
    assert seen[(f"{name}_sum", "blog")] == 5.5


def test_histogram_names_the_last_trace_of_each_bucket_that_can_be_looked_up() -> None:
    registry = CollectorRegistry()
    upstreams = Tallies(catalogue()["gateway_upstream_duration_seconds"], lambda: Durations(BOUNDS), registry)
    for seconds, trace in ((0.25, SAMPLED), (0.75, NOT_SAMPLED), (4.0, SAMPLED)):
        upstreams.labels("blog").observe(seconds, trace)
    lines = generate_openmetrics(registry).decode().splitlines()  # type: ignore[no-untyped-call]
    named = [line.partition('le="')[2] for line in lines if "trace_id" in line]
    assert [line.partition('"')[0] for line in named] == ["0.5", "+Inf"]
    assert all(f'# {{trace_id="{SAMPLED.trace_id}"}}' in line for line in named)
