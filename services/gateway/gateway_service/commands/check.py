"""``broadsheet gateway check [FILE]``: is this configuration good to be applied?"""
# ruff: noqa: T201  a command talks to the person who typed it

import argparse
import json
from pathlib import Path

from gateway_service.config import GatewayConfig, read
from gateway_service.settings import settings


def main(arguments: list[str]) -> None:
    """Print one line if all is well; raises SettingsError (exit code 2) with what is wrong otherwise."""
    options = parser().parse_args(arguments)
    if options.schema:
        print(schema_text(), end="")
        return
    own = settings()
    path = options.file or own.config
    config = read(path, pictures_apart=own.has_pictures_apart)
    methods = sum(len(route.methods) for route in config.routes)
    kept = sum(route.cache is not None for route in config.routes)
    compressed = sum(route.compress is not None for route in config.routes)
    versions, rates = ", ".join(config.versions.supported), ", ".join(config.rates) or "none"
    print(
        f"{path}: {len(config.routes)} routes with {methods} methods, {kept} of them cached, {compressed} compressed, "
        f"versions {versions}, rates {rates}; {_guards(config)}."
    )


def _guards(config: GatewayConfig) -> str:
    breaker, concurrency = config.breaker, config.concurrency
    return (
        f"a service is left alone where {breaker.failures:.0%} of {breaker.requests} requests fail, has "
        f"{concurrency.least} to {concurrency.most} at one time, and {config.retries.share:.0%} are sent again"
    )


def parser() -> argparse.ArgumentParser:
    """What understands the words after ``check``."""
    result = argparse.ArgumentParser(prog="broadsheet gateway check", description=__doc__)
    result.add_argument("file", nargs="?", type=Path, help="the YAML; GATEWAY_CONFIG's or the packaged one if omitted")
    result.add_argument("--schema", action="store_true", help="print the JSON Schema of the file instead")
    return result


def schema_text() -> str:
    """gateway.schema.json, as it is committed."""
    return json.dumps(GatewayConfig.model_json_schema(), indent=2) + "\n"
