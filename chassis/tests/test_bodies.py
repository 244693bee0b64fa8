"""A body that is kept for all requests."""

from typing import Any

import pytest
from chassis.django import testing
from chassis.django.bodies import Body, _kept, fields_within, read
from rest_framework import serializers
from rest_framework.utils.formatting import lazy_format


class Inner(Body):
    names = serializers.ListField(child=serializers.CharField(max_length=3), max_length=2)


class Outer(Body):
    title = serializers.CharField(max_length=3)
    inner: Any = Inner()
    several: Any = Inner(many=True)


def test_what_a_kept_body_says_is_worded_before_two_threads_read_it() -> None:
    kept = _kept(Outer)
    messages = [getattr(validator, "message", None) for field in fields_within(kept) for validator in field.validators]
    lazy = [message for message in messages if isinstance(message, lazy_format)]
    assert len(lazy) == 5
    assert all(message.result for message in lazy)


def test_half_a_character_is_refused_in_the_words_of_rest_framework() -> None:
    data = {"title": "\ud800", "inner": {"names": []}, "several": []}
    plain = Outer(data=data)
    assert not plain.is_valid()
    with pytest.raises(serializers.ValidationError) as refusal:
        read(Outer, data)
    assert refusal.value.detail == plain.errors
    assert refusal.value.get_codes() == {"title": ["surrogate_characters_not_allowed"]}
    with pytest.raises(serializers.ValidationError):
        _kept(Outer).run_validation(data)


class OfRequest:
    """A default or a validator that is told of the field, and by it of the request."""

    requires_context = True

    def __call__(self, *_: Any) -> Any:
        return None


@pytest.mark.parametrize(
    "field",
    [
        serializers.ListField(default=[]),
        serializers.HiddenField(default="x"),
        serializers.CharField(default=OfRequest()),
        serializers.CharField(validators=[OfRequest()]),
    ],
)
def test_field_that_remembers_is_found(field: "serializers.Field[Any, Any, Any, Any]") -> None:
    assert testing._remembers(field)
    assert not testing._remembers(serializers.CharField(max_length=3))
