"""What the documentation cannot see by itself: shapes, and that a view takes an access token.

drf-spectacular knows of its extensions by their import: REST_FRAMEWORK's DEFAULT_SCHEMA_CLASS is named here for that.
"""

from inspect import cleandoc
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema as AutoSchema  # noqa: PLC0414  see above
from drf_spectacular.plumbing import (
    ComponentRegistry,
    append_meta,
    build_array_type,
    build_object_type,
    resolve_type_hint,
)

from chassis.django.shape_fields import Field, ShapeMeta, fields
from chassis.openapi import completed

Schema = dict[str, Any]


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "chassis.django.authentication.BearerAuthentication"
    match_subclasses = True
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class RealWorldScheme(BearerScheme):  # type: ignore[no-untyped-call]
    target_class = "chassis.django.authentication.RealWorldAuthentication"
    name = "realworld"
    priority = 1  # before that of the class it is derived from

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <token>`"}


def completed_by_chassis(result: Schema, **_: object) -> Schema:
    """A hook of drf-spectacular, which knows nothing of refusals: see chassis.openapi."""
    return completed(result)


class ShapeSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Each shape is a component of its name."""

    target_class = "chassis.django.shapes.Shape"
    match_subclasses = True

    def get_name(self, auto_schema: object, direction: str) -> str:  # noqa: ARG002
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: Any, direction: str) -> Schema:  # noqa: ARG002
        found = list(fields(self.target))
        schema: Schema = build_object_type(
            properties={field.name: _field_schema(field, auto_schema) for field in found},
            required=[field.name for field in found if msgspec.UnsetType not in field.alternatives],
            description=cleandoc(self.target.__doc__ or ""),
        )
        return schema


def components_of(shape: ShapeMeta) -> Schema:
    """The components of a document that say what a shape is: its own and those of its parts."""
    generator: Any = AutoSchema()
    generator.registry = ComponentRegistry()
    generator.resolve_serializer(shape, "response")
    components: Schema = generator.registry.build({})["schemas"]
    return components


def _field_schema(field: Field, auto_schema: Any) -> Schema:
    meta: Schema = {"nullable": True} if NoneType in field.alternatives else {}
    if field.description:
        meta["description"] = field.description
    schema: Schema = append_meta(_schema(field.present, auto_schema), meta)
    return schema


def _schema(hint: Any, auto_schema: Any) -> Schema:
    schema: Schema = {}
    if isinstance(hint, ShapeMeta):
        schema = auto_schema.resolve_serializer(hint, "response").ref
    elif get_origin(hint) is list:
        schema = build_array_type(_schema(get_args(hint)[0], auto_schema))
    elif get_origin(hint) is dict:
        schema = build_object_type(additionalProperties=_schema(get_args(hint)[1], auto_schema))
    elif get_origin(hint) is Annotated:
        text, form = get_args(hint)
        schema = _schema(text, auto_schema) | {"format": form.name}
    else:
        schema = resolve_type_hint(hint)  # type: ignore[no-untyped-call]
    return schema
