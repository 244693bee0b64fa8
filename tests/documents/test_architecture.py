"""What docs/architecture.md says of who asks and hears whom, held against the code and the table of access."""

import re

import pytest
from chassis.access import table
from chassis.revocations.revoked_tokens import TYPES as REVOCATIONS
from gateway_service.cache.news import News

from launcher.settings import SERVICES
from tests.documents.pages import MARKDOWN, ROOT
from tests.registries.code import services

PAGE = MARKDOWN["docs/architecture.md"]
ROWS = {
    name: (asks, hears)
    for name, asks, hears in re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
}
HANDLES = {service.name: service.handles for service in services(ROOT)} | {"gateway": News.types}
FOLLOW_REVOCATIONS = table().internal["auth"]["/internal/revocations"]["GET"]


@pytest.mark.parametrize("service", SERVICES)
def test_who_it_asks_is_in_its_row(service: str) -> None:
    asks, _ = ROWS[service]
    assert _named(asks) == {asked for asked in table().internal if table().may_call(service, asked)}


@pytest.mark.parametrize("service", SERVICES)
def test_who_it_hears_is_in_its_row(service: str) -> None:
    _, hears = ROWS[service]
    heard = [*HANDLES[service], *(REVOCATIONS if service in FOLLOW_REVOCATIONS else ())]
    assert _named(hears) == {name.partition(".")[0] for name in heard} - {service}


def test_who_asks_whom_is_drawn() -> None:
    drawn = re.findall(r"^ +([\w &]+) -->\|/internal\| (\w+)$", PAGE, re.MULTILINE)
    edges = {(asker, asked) for askers, asked in drawn for asker in askers.split(" & ")}
    asks = table().may_call
    assert edges == {(asker, asked) for asked in table().internal for asker in SERVICES if asks(asker, asked)}


def _named(cell: str) -> set[str]:
    return set(re.findall(rf"\b({'|'.join(SERVICES)})\b", cell))
