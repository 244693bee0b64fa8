"""The rule for short texts as a validator, of fields of models and of bodies alike."""

from django.core.exceptions import ValidationError

from chassis.text import Fault, fault_of, forbidden_character


def readable(text: str) -> None:
    """Raises ValidationError as ``chassis.text.fault_of`` says."""
    _refuse(fault_of(text))


def storable(text: str) -> None:
    """Raises ValidationError for characters that are no text; the rule for long texts."""
    _refuse(forbidden_character(text))


def _refuse(fault: Fault | None) -> None:
    if fault:
        raise ValidationError(fault.detail, code=fault.code)
