"""The rules as the proof has them: three seconds stand for a minute, so that nobody waits for hours."""

import re
from typing import Any

import yaml

FACTOR = 20
LEAST_WINDOW = 6
"""Seconds: a rate needs several looks, and the proof's Prometheus looks each second."""
LONGEST_PATIENCE = 30
"""Seconds: what waits for longer than ten minutes waits for a backup to end, which the proof has not to make."""
SLOW = ('le="1.0"', 'le="2.5"')
"""A machine that runs all of the platform, and what breaks it, takes a second now and then."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
THRESHOLDS = {  # numbers in conditions that are times, or counts within a window
    "OutboxLags": ("> 60", "> 10"),
    "ScheduledPostsOverdue": ("> 120", "> 20"),
    "WebhooksLate": ("> 300", "> 20"),
    "RenditionsLate": ("> 300", "> 20"),
    "RatesNotShared": ("> 60", "> 15"),
    "JwksStale": ("> 1800", "> 90"),
}
"""Not all in proportion: who tells them looks every five or ten seconds, whatever a minute is here."""


def scaled(rules: str) -> str:
    """A file of rules with every window and every patience shorter."""
    document = yaml.safe_load(rules)
    for group in document["groups"]:
        for rule in group["rules"]:
            _scale(rule)
    return yaml.safe_dump(document, sort_keys=False)


def seconds(duration: str) -> int:
    """Of a duration as Prometheus writes it: ``2h15m``."""
    return sum(int(count) * SECONDS[unit] for count, unit in re.findall(r"(\d+)([smhd])", duration))


def _scale(rule: dict[str, Any]) -> None:
    rule["expr"] = re.sub(r"\[(\w+)\]", lambda found: f"[{_window(found[1])}s]", rule["expr"]).replace(*SLOW)
    if "for" in rule:
        rule["for"] = f"{min(seconds(rule['for']) // FACTOR, LONGEST_PATIENCE)}s"
    if rule.get("alert") in THRESHOLDS:
        real, short = THRESHOLDS[rule["alert"]]
        if real not in rule["expr"]:
            raise ValueError(f"{rule['alert']} does not ask for {real} any more")
        rule["expr"] = rule["expr"].replace(real, short)


def _window(duration: str) -> int:
    return max(seconds(duration) // FACTOR, LEAST_WINDOW)
