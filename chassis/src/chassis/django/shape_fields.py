"""The fields of shapes: what the class says of each, and what its type says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Format:
    """In ``Annotated[str, Format(…)]``: what JSON Schema calls this text, and what writes a column's value so."""

    name: str
    write: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What the class says of a field."""

    columns: tuple[str, ...] = ()
    through: Callable[..., Any] | None = None
    description: str | None = None


def source(*columns: str, through: Callable[..., T] | None = None, description: str | None = None) -> T:
    """Say where a field comes from, if not from the column of its name: another, or what ``through`` makes of some.

    ``"*"`` makes a shape in a shape of the same row. ``description`` is what the documentation says of the field.
    """
    said: Any = Source(columns, through, description)
    return said  # type: ignore[no-any-return]  # to who reads the class it is the field's value


def constant(value: T) -> T:
    """Say that a field is the same in every answer."""
    return source(through=lambda: value)


class ShapeMeta(msgspec.StructMeta):
    """Takes the sources out of the class, which msgspec would read as defaults."""

    sources: dict[str, Source]

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> "ShapeMeta":
        own = {field: value for field, value in namespace.items() if isinstance(value, Source)}
        rest = {field: value for field, value in namespace.items() if field not in own}
        shape = super().__new__(cls, name, bases, rest)
        shape.sources = getattr(shape, "sources", {}) | own
        return shape


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a shape: its type, the columns it is made of, and what makes it of them if it is not the column."""

    name: str
    hint: Any
    columns: tuple[str, ...]
    through: Callable[..., Any] | None
    description: str | None

    @property
    def alternatives(self) -> tuple[Any, ...]:
        return get_args(self.hint) if get_origin(self.hint) in {Union, UnionType} else (self.hint,)

    @property
    def present(self) -> Any:
        """A field's type without the null and the UNSET that it allows."""
        wanted = (each for each in self.alternatives if each not in {NoneType, msgspec.UnsetType})
        return reduce(or_, wanted)

    @property
    def write(self) -> Callable[..., Any] | None:
        """What makes it of its columns' values; None if it is the value itself."""
        match self.through, get_args(self.present):
            case None, [_, Format(write=write)] if write:
                return lambda value: None if value is None else write(value)
        return self.through

    @property
    def part(self) -> ShapeMeta | None:
        """The shape that it is."""
        return self.hint if isinstance(self.hint, ShapeMeta) and not self.through else None

    @property
    def items(self) -> ShapeMeta | None:
        """The shape of its items, where it is a list of shapes."""
        items = get_args(self.hint) if get_origin(self.hint) is list else ()
        return next((item for item in items if isinstance(item, ShapeMeta)), None)

    def prefix(self, outer: str) -> str:
        """Where the names of a part's columns begin."""
        return outer if self.columns == ("*",) else f"{outer}{self.columns[0]}__"


def fields(shape: ShapeMeta) -> Iterator[Field]:
    """The fields of a shape in the order in which they are written."""
    hints = get_type_hints(shape, include_extras=True)
    for name in shape.__struct_fields__:
        said = shape.sources.get(name, Source())
        columns = said.columns or (() if said.through else (name,))
        yield Field(name, hints[name], columns, said.through, said.description)
