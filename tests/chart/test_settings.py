"""Every setting of every service can be reached from the chart's values, at one place only."""

import re

import pytest

from charts import generate
from launcher import ROOT
from launcher.settings import SERVICES

every_service = pytest.mark.parametrize("service", SERVICES)


@every_service
def test_every_setting_can_be_reached(service: str) -> None:
    definitions = generate.schema()["definitions"]
    shared = set(definitions["sharedSettings"]["properties"])
    parts = definitions[f"{service}Service"]["properties"]
    own = set(parts["settings"]["properties"])
    secret = set(parts["secret"]["properties"]["values"]["properties"])
    declared = {item.name for item in generate.settings(service)}
    places = (shared, own, secret, generate.SETTLED_BY_THE_CHART & declared)
    assert set().union(*places) == declared
    assert sum(map(len, places)) == len(declared), "a setting can be given in two places"


@every_service
def test_the_secret_of_a_service_holds_its_secret_settings(service: str) -> None:
    keys = generate.secret_keys()[service]
    declared = {item.name for item in generate.settings(service) if item.secret}
    assert set(keys["required"]) | set(keys["optional"]) == declared


@every_service
def test_a_secret_that_production_refuses_by_default_is_required(service: str) -> None:
    refused = {item.name for item in generate.settings(service) if item.needed}
    assert refused <= set(generate.secret_keys()[service]["required"])


@every_service
def test_what_is_named_as_a_secret_is_one(service: str) -> None:
    """Passwords and keys, and what carries them: a licence key in a header, a DSN."""
    named = re.compile(r"(_KEY|_KEY_FALLBACK|_SECRET|_TOKEN|_PASSWORD|_DSN|_OTLP_HEADERS)$")
    given_as_text = {item.name for item in generate.settings(service) if named.search(item.name) and not item.secret}
    assert given_as_text == set()


@every_service
def test_install_document_lists_the_keys_of_each_secret(service: str) -> None:
    page = (ROOT / "docs/how-to/install.md").read_text()
    (row,) = re.findall(rf"^ *\| `broadsheet-{service}` \| (.*) \|$", page, re.MULTILINE)
    required, _, optional = row.partition(", optionally ")
    keys = generate.secret_keys()[service]
    assert (re.findall(r"`(\w+)`", required), re.findall(r"`(\w+)`", optional)) == (keys["required"], keys["optional"])
