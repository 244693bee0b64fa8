"""Contracts are generated from event classes, and a breaking change is told from an optional addition."""

import json
from pathlib import Path
from uuid import UUID

import jsonschema
import pytest
from chassis.events import contracts, envelope
from chassis.events.contracts import ContractError
from chassis.events.types import EventData, event
from pydantic import BaseModel, Field

from tests.support.events import ArticlePrinted


class Page(BaseModel):
    number: int


def declare(**fields: object) -> type[EventData]:
    """A version of the same event with these fields."""
    annotations = {"issue_id": UUID, **{name: kind for name, (kind, _) in fields.items()}}  # type: ignore[misc, has-type]
    values = {name: value for name, (_, value) in fields.items()}  # type: ignore[misc, has-type]
    namespace = {"__annotations__": annotations, "__module__": __name__, "issue_id": Field(examples=[UUID(int=1)])}
    return event("press.issue.bound.v1", aggregate="issue", id_field="issue_id")(
        type("IssueBound", (EventData,), namespace | values)
    )


COMMITTED = {
    "title": (str, Field(examples=["First light"])),
    "pages": (list[Page], Field(examples=[[Page(number=1)]])),
    "note": (str | None, Field(None, examples=[None])),
}


def write(data_class: type[EventData], folder: Path) -> None:
    for name, text in contracts.files(data_class).items():
        (folder / name).write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(declare(**COMMITTED), tmp_path)
    return tmp_path


def test_example_is_an_envelope_whose_data_fits_the_schema() -> None:
    files = contracts.files(ArticlePrinted)
    example = envelope.decode(files["press.article.printed.v1.example.json"].encode())
    schema = json.loads(files["press.article.printed.v1.schema.json"])
    jsonschema.validate(example.data, schema, format_checker=jsonschema.FormatChecker())
    assert example.data["title"] == "First light"
    assert schema["$id"] == "urn:broadsheet:event:press.article.printed.v1"
    assert schema["additionalProperties"] is False


def test_generated_contract_is_the_same_every_time(folder: Path) -> None:
    assert list(contracts.problems(declare(**COMMITTED), folder)) == []


def test_optional_addition_only_needs_to_be_written(folder: Path) -> None:
    added = declare(**COMMITTED, colour=(str | None, Field(None, examples=["red"])))
    assert list(contracts.breaking_changes(added, folder)) == []
    assert "events schema write" in " ".join(contracts.problems(added, folder))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": None}, "data.title is gone"),
        ({"title": (int, Field(examples=[1]))}, "data.title was"),
        ({"title": (str | None, Field(examples=["x"]))}, "data.title was"),
        ({"title": (str, Field("", examples=["x"]))}, "data.title is not required any more"),
        ({"note": (str | None, Field(examples=[None]))}, "data.note is required now"),
        ({"colour": (str, Field(examples=["red"]))}, "data.colour is required now"),
        ({"pages": (list[int], Field(examples=[[1]]))}, "data.pages was"),
    ],
)
def test_breaking_change_is_told(folder: Path, change: dict[str, object], told: str) -> None:
    fields = {name: field for name, field in (COMMITTED | change).items() if field}
    problems = list(contracts.problems(declare(**fields), folder))
    assert any(told in problem and "new major version" in problem for problem in problems)


def test_missing_contract_is_told(tmp_path: Path) -> None:
    assert "is missing" in " ".join(contracts.problems(ArticlePrinted, tmp_path))


def test_field_without_an_example_is_refused_by_name() -> None:
    bare = declare(title=(str, Field()))
    with pytest.raises(ContractError, match=r"IssueBound\.title has no example"):
        contracts.files(bare)
