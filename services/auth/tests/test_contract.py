"""The committed contracts say what the code does."""

import json
from pathlib import Path

import pytest
from auth_service.events import PUBLISHES
from chassis.events import contracts
from chassis.events.types import EventData
from drf_spectacular.generators import SchemaGenerator

CONTRACTS = Path(__file__).parents[3] / "contracts"
OPENAPI = CONTRACTS / "openapi" / "auth.json"


def test_the_openapi_document_is_up_to_date() -> None:
    generated = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert json.loads(OPENAPI.read_text()) == json.loads(json.dumps(generated)), (
        "broadsheet auth openapi > contracts/openapi/auth.json"
    )


@pytest.mark.parametrize("event", PUBLISHES)
def test_the_contract_of_an_event_is_up_to_date_and_unbroken(event: type[EventData]) -> None:
    assert event.event_type.producer == "auth"
    assert list(contracts.problems(event, CONTRACTS / "events")) == []


def test_every_public_path_is_in_the_document() -> None:
    paths = json.loads(OPENAPI.read_text())["paths"]
    assert len(paths) == 48
    assert not any(path.startswith(("/internal", "/admin")) for path in paths)
