"""Numbered pages, as every list of v1 has them."""

from dataclasses import dataclass
from typing import Any

from chassis.lists.parameters import DEFAULT_SIZE, MOST, Parameter, sized
from chassis.lists.query import Query
from chassis.problems import Problem

PAGE_NUMBER = (Parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "from 1"), sized("page_size"))
"""The parameters of a list by page number."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was asked for: ``number`` from 1, ``size`` rows, of the list that ``query`` narrows."""

    query: Query
    number: int
    size: int

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        return self.start + self.size

    def require(self, count: int) -> None:
        """Raises Problem (404) where ``count`` rows do not reach this page; the first one is always there.

        Ask before the rows are read: a database counts up to the start of a page, wherever that lies.
        """
        if self.start and self.start >= count:
            raise Problem(404, "page_not_found", "There is no such page.")

    def body(self, count: int, results: list[Any], *, public_url: str) -> dict[str, Any]:
        """The answer that shows this page of ``count`` rows."""
        return {
            "count": count,
            "next": self._address(self.number + 1, public_url) if self.stop < count else None,
            "previous": self._address(self.number - 1, public_url) if self.number > 1 else None,
            "results": results,
        }

    def _address(self, number: int, public_url: str) -> str:
        return self.query.address(public_url, page=str(number))


def page_of(query: Query) -> Page:
    """The page a query asks for; raises Problem (400) for one that makes no sense."""
    return Page(query, query.number("page", 1), min(query.number("page_size", DEFAULT_SIZE), MOST))
