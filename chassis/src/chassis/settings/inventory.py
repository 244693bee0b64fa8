"""What settings a service has."""

from dataclasses import dataclass

from pydantic.fields import FieldInfo

from chassis.published_secrets import is_published
from chassis.settings.service_settings import ServiceSettings
from chassis.settings.types import GENERATED, SECRET


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One setting, for documentation and the tests that hold it complete."""

    name: str
    type: str
    default: str
    secret: bool
    generated: bool
    needed: bool
    """Production starts only with one of its own."""
    description: str


def catalogue(settings_class: type[ServiceSettings]) -> list[SettingInfo]:
    """Every setting of a service, shared ones first, in the order they are declared."""
    return [
        SettingInfo(
            name=settings_class.variable(name),
            type=_type_name(field),
            default="" if _has_no_fixed_default(field) else str(field.default),
            secret=SECRET in field.metadata,
            generated=GENERATED in field.metadata,
            needed=is_published(str(field.default)),
            description=field.description or "",
        )
        for name, field in settings_class.model_fields.items()
    ]


def _has_no_fixed_default(field: FieldInfo) -> bool:
    return bool(field.default_factory) or field.is_required() or GENERATED in field.metadata


def _type_name(field: FieldInfo) -> str:
    annotation = field.annotation
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")
