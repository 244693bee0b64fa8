"""What may stand in the query of a list: said once, for the documentation and for who reads it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.problems import Problem

LONGEST = 200
"""Characters of a value, unless its schema says ``maxLength``."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query; ``schema`` is in the contract, ``refused_as`` the code of a wrong value.

    One that ``may_be_empty`` says something by that, too.
    """

    name: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    description: str = ""
    refused_as: str = "filter_invalid"
    may_be_empty: bool = False

    @property
    def longest(self) -> int:
        return int(self.schema.get("maxLength", LONGEST))

    def fault_of(self, value: str) -> str | None:
        """Why no such value can be meant, whatever the parameter is about."""
        if not (value or self.may_be_empty):
            return "Say something, or leave it out."
        if "\0" in value:
            return "Say it without NUL, which is no text."
        return f"Say it in at most {self.longest} characters." if len(value) > self.longest else None

    def invalid(self, detail: str) -> Problem:
        """The 400 for a value that makes no sense."""
        return Problem(400, self.refused_as, f"{self.name}: {detail}")


def unknown(name: str, known: Iterable[str]) -> Problem:
    """The 400 for a parameter that an operation does not have."""
    names = ", ".join(sorted(known))
    detail = f"There is no such filter; there are: {names}." if names else "There is no such filter here, nor another."
    return Problem(400, "filter_unknown", f"{name[:LONGEST]}: {detail}")


def require_known(sent: Iterable[str], known: Collection[str]) -> None:
    """Raises Problem (400) for the first name of a query that an operation does not have."""
    for name in sent:
        if name not in known:
            raise unknown(name, known)


def sized(name: str) -> Parameter:
    """How many rows to a page, see ``size_of``."""
    schema = {"type": "integer", "minimum": 1, "default": DEFAULT_SIZE}
    return Parameter(name, schema, f"{DEFAULT_SIZE} unless given; more than {MOST} means {MOST}")


DEFAULT_SIZE, MOST = 20, 100
