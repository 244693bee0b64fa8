"""What an answer looks like, said once: the answer, its documentation and its columns come from one class.

    class PostShape(Shape):
        id: UUID                                        # the column of this name
        created_at: Moment                              # likewise, and its type says how it is written
        summary: str = source("excerpt")                # another column
        url: Url = source("slug", through=post_link)    # made of columns
        author: AuthorShape                             # of the related row: the columns author__…
        counts: CountsShape = source("*")               # of this row too
        images: list[ImageShape]                        # of the rows under this name
        waiting_for: list[UUID] | UnsetType = source(…) # left out where it is UNSET
        favourites_count: int = constant(0)

``PostShape.columns()`` is what ``QuerySet.values`` has to read, ``from_row`` makes the answer of one of its rows,
``from_instance`` of an instance of the model. ``openapi.py`` documents shapes, ``renderers.py`` writes them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from operator import attrgetter, itemgetter
from typing import Annotated, Any, Self, dataclass_transform

import msgspec

from chassis.clock import format_timestamp
from chassis.django.shape_fields import Field, Format, ShapeMeta, constant, fields, source

__all__ = ["Moment", "Shape", "Url", "constant", "source"]

Moment = Annotated[str, Format("date-time", format_timestamp)]
"""A time in UTC with milliseconds and Z."""
Url = Annotated[str, Format("uri")]
Make = Callable[[Any], Any]
Getter = Callable[[str], Make]


@dataclass_transform(kw_only_default=True, field_specifiers=(source, constant))
class Shape(msgspec.Struct, metaclass=ShapeMeta):
    """An answer, or a part of one. Its docstring goes into the documentation."""

    @classmethod
    @cache  # views ask at every request
    def columns(cls) -> tuple[str, ...]:
        """What a query has to read; the rows of a list of shapes, such as ``images``, are another query's."""
        return tuple(dict.fromkeys(_columns(cls, "")))

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """The answer made of what ``values`` gave, with the rows of its lists under their names."""
        made: Self = _maker(cls, itemgetter, "")(row)
        return made

    @classmethod
    def from_instance(cls, instance: object) -> Self:
        """The answer made of a model instance, whose relations are its attributes."""
        made: Self = _maker(cls, _attribute, "")(instance)
        return made


def _columns(shape: ShapeMeta, prefix: str) -> Iterator[str]:
    lists = {column for field in fields(shape) if field.items for column in field.columns}
    for field in fields(shape):
        if field.part:
            yield from _columns(field.part, field.prefix(prefix))
        else:
            yield from (prefix + column for column in field.columns if column not in lists)


@cache
def _maker(shape: ShapeMeta, getter: Getter, prefix: str) -> Make:
    """What makes a shape of a row or an instance, whose columns are read by what ``getter`` gives."""
    makes = [_field_maker(field, getter, prefix) for field in fields(shape)]
    return lambda row: shape(*[make(row) for make in makes])


def _field_maker(field: Field, getter: Getter, prefix: str) -> Make:
    if field.part:
        return _maker(field.part, getter, field.prefix(prefix))
    values = [getter(prefix + column) for column in field.columns]
    write = field.write
    if field.items:
        write = partial(_made_each, _maker(field.items, getter, ""))
    return _written(write, values) if write else values[0]


def _made_each(make: Make, rows: Iterable[Any]) -> list[Any]:
    return [make(row) for row in rows]


def _written(write: Callable[..., Any], values: list[Make]) -> Make:
    match values:
        case [value]:  # nearly always, and much faster
            return lambda row: write(value(row))
    return lambda row: write(*[value(row) for value in values])


def _attribute(path: str) -> Make:
    return attrgetter(path.replace("__", "."))
