"""What the dashboards show. Every query is run by a test on a platform with traffic, and must find something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

REQUESTS = "http_server_request_duration_seconds"
UPSTREAM = "gateway_upstream_duration_seconds"
END_TO_END = "events_end_to_end_seconds"


GATEWAY = {"job": "gateway"}
SERVICE = {"job": "$job"}


def matching(labels: Mapping[str, str]) -> str:
    """The selector of series that have these labels."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}" if labels else ""


@dataclass(frozen=True)
class Query:
    """A query the status page can answer from the processes themselves, too; its text is Prometheus'.

    ``per second`` is how fast a counter grows, ``within`` the time in which a share of a histogram is, ``largest`` what
    the processes of a service tell of one and the same thing.
    """

    function: Literal["per second", "within", "largest"]
    metric: str
    by: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    share: float = 0.0

    def __str__(self) -> str:
        chosen = self.metric + matching(self.where)
        match self.function:
            case "per second":
                return f"sum{self._groups(self.by)}(rate({chosen}[5m]))"
            case "within":
                rates = f"sum{self._groups(('le', *self.by))}(rate({self.metric}_bucket{matching(self.where)}[5m]))"
                return f"histogram_quantile({self.share}, {rates})"
            case "largest":
                named = f'label_replace({chosen}, "service", "$1", "job", "(.*)-.*")'
                return f"max{self._groups(self.by)}({named})"

    @staticmethod
    def _groups(labels: tuple[str, ...]) -> str:
        return f" by ({', '.join(labels)}) " if labels else ""


@dataclass(frozen=True)
class Panel:
    """One graph: title, unit as Grafana names it, and queries by legend.

    ``exporter`` is who gives the figures when it is not the platform itself.
    """

    title: str
    unit: str
    queries: Mapping[str, str | Query]
    exporter: str = ""
    source: str = "prometheus"


def within(metric: str, *by: str, share: float = 0.99, where: Mapping[str, str] | None = None) -> Query:
    return Query("within", metric, by, where or {}, share)


def per_second(metric: str, *by: str, where: Mapping[str, str] | None = None) -> Query:
    return Query("per second", metric, by, where or {})


def by_service(metric: str) -> Query:
    return Query("largest", metric, ("service",))


def added_up(figure: str) -> str:
    """Graphite's target for a counter: else it shows the average of points that are closer than a screen's."""
    return f"consolidateBy({figure}, 'sum')"


PODS = '{pod=~"broadsheet-.*"}'

FIGURES = {  # of StatsD, kept by Graphite
    "Accounts registered": "auth.user.registered",
    "Log-ins": "auth.session.opened",
    "Posts published": "blog.post.published",
    "Pictures uploaded": "media.asset.uploaded",
    "Pictures rendered": "media.asset.ready",
    "Pictures that could not be": "media.asset.failed",
}

DASHBOARDS: dict[str, tuple[str, list[Panel]]] = {
    "platform": (
        "Broadsheet: promises and error budget",
        [
            Panel("Requests at the gateway", "reqps", {"all": per_second(f"{REQUESTS}_count", where=GATEWAY)}),
            Panel("Server errors", "percentunit", {"5 min": "gateway:errors:ratio_rate5m"}),
            Panel("Slower than a second", "percentunit", {"5 min": "gateway:slow:ratio_rate5m"}),
            Panel("Events later than 30 seconds", "percentunit", {"5 min": "events:late:ratio_rate5m"}),
            Panel(
                "Error budget burned over 6 h, times too fast",
                "none",
                {
                    "errors": "gateway:errors:ratio_rate6h / 0.001",
                    "time": "gateway:slow:ratio_rate6h / 0.01",
                    "events": "events:late:ratio_rate6h / 0.01",
                },
            ),
            Panel(
                "Time to answer",
                "s",
                {str(share): within(REQUESTS, share=share, where=GATEWAY) for share in (0.5, 0.99)},
            ),
        ],
    ),
    "gateway": (
        "Broadsheet: the gateway",
        [
            Panel(
                "Requests by route",
                "reqps",
                {"{{http_route}}": per_second(f"{REQUESTS}_count", "http_route", where=GATEWAY)},
            ),
            Panel(
                "Answers by status",
                "reqps",
                {
                    "{{http_response_status_code}}": per_second(
                        f"{REQUESTS}_count", "http_response_status_code", where=GATEWAY
                    )
                },
            ),
            Panel("Refusals by reason", "reqps", {"{{code}}": per_second("gateway_refusals_total", "code")}),
            Panel("Head of an upstream's answer, 99 % within", "s", {"{{upstream}}": within(UPSTREAM, "upstream")}),
            Panel(
                "Sent to an upstream again",
                "reqps",
                {"{{upstream}}": per_second("gateway_upstream_retries_total", "upstream")},
            ),
            Panel("Services that are left alone", "none", {"{{upstream}}": "max by (upstream) (gateway_circuit_open)"}),
            Panel(
                "Requests with a service, and how many may be",
                "none",
                {
                    "{{upstream}}": "sum by (upstream) (gateway_concurrency_used)",
                    "{{upstream}} may have": "sum by (upstream) (gateway_concurrency_limit)",
                },
            ),
            Panel("Access tokens", "ops", {"{{outcome}}": per_second("gateway_tokens_total", "outcome")}),
            Panel(
                "Personal access tokens",
                "ops",
                {"{{outcome}}": per_second("gateway_personal_tokens_total", "outcome")},
            ),
            Panel("Tokens remembered", "none", {"{{pod}}": "sum by (pod) (gateway_token_cache_entries)"}),
            Panel("Cache", "reqps", {"{{outcome}}": per_second("gateway_cache_requests_total", "outcome")}),
            Panel("Cache, memory", "bytes", {"{{pod}}": "sum by (pod) (gateway_cache_bytes)"}),
            Panel("Compressed answers", "reqps", {"{{coding}}": per_second("gateway_compressed_total", "coding")}),
            Panel(
                "Compression: bytes, cores, and answers it had no time for",
                "none",
                {
                    "{{stage}} it": per_second("gateway_compression_bytes_total", "stage"),
                    "cores": "sum(rate(gateway_compression_seconds_total[5m]))",
                    "no time": "sum(rate(gateway_compression_refused_total[5m]))",
                },
            ),
            Panel(
                "Workers",
                "none",
                {
                    "{{pod}}": "sum by (pod) (gateway_workers)",
                    "{{pod}} ended": "sum by (pod) (increase(gateway_worker_exits_total[5m]))",
                },
            ),
            Panel(
                "Workers: longest without an acknowledgement",
                "s",
                {"{{pod}}": "max by (pod) (gateway_workers_unacknowledged_seconds)"},
            ),
            Panel("In flight", "none", {"{{pod}}": f"sum by (pod) (http_server_active_requests{matching(GATEWAY)})"}),
            Panel("Age of the signing keys", "s", {"{{job}} {{pod}}": "time() - jwks_fetched_timestamp_seconds"}),
            Panel(
                "Revoked tokens: confirmed by auth",
                "s",
                {"{{job}} {{pod}}": "time() - revocations_confirmed_timestamp_seconds"},
            ),
            Panel("Revoked tokens: heard as it happens", "none", {"{{job}} {{pod}}": "revocations_listening"}),
            Panel("Revoked tokens: remembered", "none", {"{{job}} {{pod}}": "revocations_remembered"}),
        ],
    ),
    "service": (
        "Broadsheet: a service",
        [
            Panel(
                "Requests by route",
                "reqps",
                {"{{http_route}}": per_second(f"{REQUESTS}_count", "http_route", where=SERVICE)},
            ),
            Panel(
                "Answers by status",
                "reqps",
                {
                    "{{http_response_status_code}}": per_second(
                        f"{REQUESTS}_count", "http_response_status_code", where=SERVICE
                    )
                },
            ),
            Panel(
                "Time to answer, 99 % within", "s", {"{{http_route}}": within(REQUESTS, "http_route", where=SERVICE)}
            ),
            Panel("In flight", "none", {"{{pod}}": f"sum by (pod) (http_server_active_requests{matching(SERVICE)})"}),
        ],
    ),
    "events": (
        "Broadsheet: events",
        [
            Panel("Waiting to be published", "none", {"{{service}}": by_service("outbox_pending")}),
            Panel("Oldest of them", "s", {"{{service}}": by_service("outbox_oldest_age_seconds")}),
            Panel("Published", "ops", {"{{type}} {{result}}": per_second("events_published_total", "type", "result")}),
            Panel("Confirmed by the broker, 99 % within", "s", {"{{job}}": within("events_confirm_seconds", "job")}),
            Panel(
                "Handled",
                "ops",
                {"{{consumer}} {{outcome}}": per_second("events_handled_total", "consumer", "outcome")},
            ),
            Panel(
                "A handler's transaction, 99 % within",
                "s",
                {"{{consumer}}": within("events_handler_seconds", "consumer")},
            ),
            Panel("From commit to effect, 99 % within", "s", {"{{consumer}}": within(END_TO_END, "consumer")}),
            Panel("Parked", "none", {"{{consumer}}": "sum by (consumer) (inbox_parked)"}),
            Panel(
                "Dead letters",
                "none",
                {"{{queue}}": 'sum by (queue) (rabbitmq_detailed_queue_messages{queue=~".*-events[.]dead"})'},
                "RabbitMQ's own",
            ),
        ],
    ),
    "jobs": (
        "Broadsheet: jobs of Celery",
        [
            Panel(
                "Run", "ops", {"{{exported_job}} {{outcome}}": per_second("jobs_run_total", "exported_job", "outcome")}
            ),
            Panel("Failed", "percentunit", {"{{exported_job}}": "jobs:failed:ratio_rate15m"}),
            Panel("Took, 99 % within", "s", {"{{exported_job}}": within("job_duration_seconds", "exported_job")}),
            Panel(
                "Since the schedule last turned",
                "s",
                {"{{job}}": "time() - max by (job) (schedule_ticked_timestamp_seconds)"},
            ),
        ],
    ),
    "servers": (
        "Broadsheet: PostgreSQL, Redis, RabbitMQ",
        [
            Panel(
                "Pools of web processes, in use",
                "percentunit",
                {
                    "{{job}}": 'sum by (job) (db_client_connection_count{state="used"})'
                    " / sum by (job) (db_client_connection_max)"
                },
            ),
            Panel(
                "PostgreSQL: connections",
                "none",
                {"{{datname}}": "sum by (datname) (pg_stat_database_numbackends)"},
                "postgres_exporter",
            ),
            Panel(
                "PostgreSQL: transactions",
                "ops",
                {"{{datname}}": per_second("pg_stat_database_xact_commit", "datname")},
                "postgres_exporter",
            ),
            Panel("Redis: memory", "bytes", {"{{instance}}": "redis_memory_used_bytes"}, "redis_exporter"),
            Panel("Redis: clients", "none", {"{{instance}}": "redis_connected_clients"}, "redis_exporter"),
            Panel(
                "RabbitMQ: messages ready",
                "none",
                {"{{instance}}": "sum by (instance) (rabbitmq_queue_messages_ready)"},
                "RabbitMQ's own",
            ),
            Panel(
                "RabbitMQ: consumers",
                "none",
                {"{{instance}}": "sum by (instance) (rabbitmq_consumers)"},
                "RabbitMQ's own",
            ),
            Panel(
                "RabbitMQ: consumers by queue",
                "none",
                {"{{queue}}": "sum by (queue) (rabbitmq_detailed_queue_consumers)"},
                "RabbitMQ's own",
            ),
        ],
    ),
    "pictures": (
        "Broadsheet: pictures",
        [
            Panel("Kept in the store", "bytes", {"{{kind}}": "max by (kind) (media_stored_bytes)"}),
            Panel(
                "Renditions",
                "ops",
                {"{{preset}} {{outcome}}": per_second("media_renditions_total", "preset", "outcome")},
            ),
            Panel(
                "Oldest picture without renditions",
                "s",
                {
                    "{{job}}": "max by (job) (media_renditions_waiting_seconds and ignoring (what)"
                    ' time() - media_measured_timestamp_seconds{what="waiting"} < 120)'
                },
            ),
            Panel(
                "Decoding children",
                "ops",
                {
                    "{{exported_job}} {{outcome}}": per_second(
                        "media_decoding_children_total", "exported_job", "outcome"
                    )
                },
            ),
            Panel(
                "Users by how near their quota is",
                "none",
                {
                    "{{quota}}": "max by (quota) (media_owners and ignoring (quota, what)"
                    ' time() - media_measured_timestamp_seconds{what="storage"} < 900)'
                },
            ),
        ],
    ),
    "rollout": (
        "Broadsheet: roll-out and capacity",
        [
            Panel(
                "Pods ready",
                "none",
                {"{{deployment}}": 'kube_deployment_status_replicas_ready{deployment=~"broadsheet-.*"}'},
                "kube-state-metrics",
            ),
            Panel(
                "Pods missing",
                "none",
                {"{{deployment}}": 'kube_deployment_status_replicas_unavailable{deployment=~"broadsheet-.*"}'},
                "kube-state-metrics",
            ),
            Panel(
                "Restarts in an hour",
                "none",
                {"{{pod}}": f"sum by (pod) (increase(kube_pod_container_status_restarts_total{PODS}[1h]))"},
                "kube-state-metrics",
            ),
            Panel(
                "CPU",
                "none",
                {"{{pod}}": f"sum by (pod) (rate(container_cpu_usage_seconds_total{PODS}[5m]))"},
                "kubelet",
            ),
            Panel(
                "Memory",
                "bytes",
                {"{{pod}}": f"sum by (pod) (container_memory_working_set_bytes{PODS})"},
                "kubelet",
            ),
            Panel(
                "Room on the disks",
                "percentunit",
                {"{{job}} {{disk}}": "min by (job, disk) (disk_free_bytes / disk_size_bytes)"},
            ),
            Panel("Processes that answer for their metrics", "none", {"{{job}}": "sum by (job) (up)"}),
        ],
    ),
    "business": (
        "Broadsheet: business figures",
        [
            Panel(
                "What happened within an hour",
                "none",
                {"{{type}}": 'sum by (type) (increase(events_published_total{result="confirmed"}[1h]))'},
            ),
            Panel("Comments that wait for moderators", "none", {"held": "max(comments_held)"}),
            Panel("Oldest comment that waits for moderators", "s", {"age": "max(comments_held_oldest_seconds)"}),
            *(
                Panel(title, "none", {title: added_up(f"stats_counts.broadsheet.{name}")}, "statsd", "graphite")
                for title, name in FIGURES.items()
            ),
            Panel(
                "Refusals by reason",
                "none",
                {"": f"aliasByNode({added_up('stats_counts.broadsheet.gateway.refusals.*')}, 4)"},
                "statsd",
                "graphite",
            ),
            Panel(
                "Jobs, nine in ten within",
                "ms",
                {"": "aliasByNode(consolidateBy(stats.timers.broadsheet.*.jobs.*.upper_90, 'max'), 3, 5)"},
                "statsd",
                "graphite",
            ),
        ],
    ),
}
