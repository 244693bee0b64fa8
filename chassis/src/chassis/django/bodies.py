"""What the bodies of all requests have in common."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from chassis.django.text import readable

_TOO_MANY = "Ensure this field has no more than {max_length} elements."
_ONE_BY_ONE = ProhibitSurrogateCharactersValidator
_OF_TEXT = (serializers.CharField, serializers.UUIDField)


class Body(serializers.Serializer[Any]):
    """A JSON object. Where text belongs nothing else is taken: REST framework would read 5 as "5"."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            wrong = {name: ["Not a valid string."] for name in data if not self._may_hold(name, data[name])}
            if wrong:
                raise serializers.ValidationError(wrong, "invalid")
        return super().to_internal_value(data)

    def _may_hold(self, name: str, value: Any) -> bool:
        return value is None or isinstance(value, str) or not isinstance(self.fields.get(name), _OF_TEXT)


class StrictBody(Body):
    """A body in which a field that is not known is a mistake, and not overlooked."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := data.keys() - self.fields.keys()):
            raise serializers.ValidationError({name: ["This field is not known here."] for name in unknown}, "unknown")
        return super().to_internal_value(data)


class PartialBody(Body):
    """Any part of a body. (``partial=True`` is not heard of below the root.)"""

    def get_fields(self) -> "dict[str, serializers.Field[Any, Any, Any, Any]]":
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class ShortTextField(serializers.CharField):
    """Text that others read in one piece, see ``chassis.text``."""

    default_validators = [readable]


class OneOfField(serializers.ChoiceField):
    """A choice whose refusal names what there is to choose from."""

    def __init__(self, choices: Sequence[Any], **options: Any) -> None:
        super().__init__(choices, **options)
        said = ", ".join(map(str, self.choices)).replace("{", "{{").replace("}", "}}")
        self.error_messages["invalid_choice"] = f'"{{input}}" is not a valid choice. Say one of: {said}.'


class BoundedListField(serializers.ListField):
    """A list whose length is looked at before its items are: REST framework would validate a million first."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            raise serializers.ValidationError(_TOO_MANY.format(max_length=self.max_length), "max_length")
        return super().to_internal_value(data)


def read(body: type[Body], data: Any) -> dict[str, Any]:
    """The validated fields of ``data``; raises ValidationError."""
    try:
        return dict(_kept(body).run_validation(data))
    except serializers.ValidationError:
        serializer = body(data=data)  # which says what is wrong as REST framework does
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


@cache
def _kept(body: type[Body]) -> Body:
    """One for all requests: it holds nothing of what it reads, and to copy its fields takes longer than to read.

    What its validators say is worded here: REST framework words it when it is first read, in ways that two threads
    must not at once.
    """
    kept = body()
    for field in fields_within(kept):
        field.validators = [_encodable if isinstance(each, _ONE_BY_ONE) else each for each in field.validators]
        for validator in field.validators:
            str(getattr(validator, "message", ""))
    return kept


def _encodable(value: Any) -> None:
    """Refuse what is no text, as REST framework does, which looks at each character by itself."""
    try:
        str(value).encode()
    except UnicodeEncodeError as error:
        raise serializers.ValidationError from error


def fields_within(field: "serializers.Field[Any, Any, Any, Any]") -> "Iterator[serializers.Field[Any, Any, Any, Any]]":
    """The field, and those of which it is made."""
    yield field
    child = getattr(field, "child", None)
    for part in (*getattr(field, "fields", {}).values(), *([child] if child else [])):
        yield from fields_within(part)
