"""Every setting of every service can be reached from the chart's values, at one place only."""

import pytest

from charts import generate

every_service = pytest.mark.parametrize("service", generate.SERVICES)


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
