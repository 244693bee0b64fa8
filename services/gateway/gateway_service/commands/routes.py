"""``broadsheet gateway routes [FILE]``: what may be reached, who may, what it may cost, how often, and what is kept."""
# ruff: noqa: T201  a command talks to the person who typed it

import argparse
from collections.abc import Iterator
from pathlib import Path

from chassis.access import Access

from gateway_service.config import GatewayConfig, read
from gateway_service.rates.chosen import Quotas
from gateway_service.rates.quota import told
from gateway_service.routing import RouteTable, Target
from gateway_service.settings import settings


def main(arguments: list[str]) -> None:
    """Print a line for each method of each route; raises SettingsError if the configuration is wrong."""
    options = parser().parse_args(arguments)
    config = read(options.file or settings().config)
    quotas = Quotas(config.rates)
    print(f"every request: {told(quotas.of_addresses)}")
    print(f"every request of an account: {told(quotas.of(()))}")
    for method, target in _rules(config):
        rule = target.rules[method]
        own = [quota for quota in quotas.of(rule.rates) if quota.name in rule.rates]
        rates = f"; {told(own)}" if own else ""
        kept = "; kept for strangers" if rule.keep else ""
        if rule.compress and method == "GET":
            kept += f"; compressed for {'all' if rule.compress == 'all' else 'strangers'}"
        kept += "; pictures" if target.pictures else ""
        costs = f"{rule.limits.body_bytes} bytes, {rule.limits.try_seconds:g} s a try, {rule.limits.total_seconds:g} s"
        shadow = f" (in shadow: {_who((rule.shadow,))})" if rule.shadow else ""
        print(f"{method:<6} {target.template} > {target.upstream}: {_who(rule.access)}{shadow}; {costs}{rates}{kept}")


def _rules(config: GatewayConfig) -> Iterator[tuple[str, Target]]:
    table = RouteTable(config.routes, config.limits)
    for route in config.routes:
        target = table.find(route.path)
        assert target is not None
        for method in route.methods:
            yield method, target


def _who(accesses: tuple[Access, ...]) -> str:
    said: list[str] = []
    for access in accesses:
        asked = {"scopes": access.scopes, "one of": access.roles}
        needs = [f"{word} {' '.join(sorted(names))}" for word, names in asked.items() if names]
        said.append(" with ".join(filter(None, (access.auth, ", ".join(needs)))))
    return " and ".join(said)


def parser() -> argparse.ArgumentParser:
    """What understands the words after ``routes``."""
    result = argparse.ArgumentParser(prog="broadsheet gateway routes", description=__doc__)
    result.add_argument("file", nargs="?", type=Path, help="the YAML; GATEWAY_CONFIG's or the packaged one if omitted")
    return result
