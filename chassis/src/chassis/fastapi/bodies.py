"""What the JSON bodies of version 2 have in common, and how their faults are told: as REST framework's are."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from chassis.problems import FieldError, pointer_segment


class StrictBody(BaseModel):
    """A body in which a field that is not known is a mistake, and not overlooked."""

    model_config = ConfigDict(extra="forbid")


def field_error(error: Mapping[str, Any]) -> FieldError:
    """One of pydantic's errors, with the pointer into the body."""
    pointer = "".join(f"/{pointer_segment(part)}" for part in error["loc"][1:])
    kind = error["type"]
    if error["input"] is None and kind.endswith("_type"):
        return FieldError(pointer, "null", "This field may not be null.")
    if kind in _SAID:
        code, words = _SAID[kind]
        return FieldError(pointer, code, words.format(**error.get("ctx", {})))
    code = getattr(error.get("ctx", {}).get("error"), "code", "invalid")  # of a ValueError that a validator raised
    return FieldError(pointer, code, error["msg"].removeprefix("Value error, "))


_OBJECT = ("invalid", "Send an object here.")
_NUMBER = ("invalid", "A valid number is required.")
_WHOLE = ("invalid", "A valid integer is required.")
_SAID = {
    "missing": ("required", "This field is required."),
    "extra_forbidden": ("unknown", "This field is not known here."),
    "literal_error": ("invalid_choice", "This is not a valid choice. Say {expected}."),
    "string_type": ("invalid", "Not a valid string."),
    "string_too_long": ("max_length", "Ensure this field has no more than {max_length} characters."),
    "string_too_short": ("min_length", "Ensure this field has at least {min_length} characters."),
    "greater_than_equal": ("min_value", "Ensure this value is greater than or equal to {ge}."),
    "less_than_equal": ("max_value", "Ensure this value is less than or equal to {le}."),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "uuid_type": ("invalid", "Must be a valid UUID."),
    "uuid_parsing": ("invalid", "Must be a valid UUID."),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "list_type": ("not_a_list", "Send a list here."),
}
"""Codes and words of pydantic's kinds of error."""
