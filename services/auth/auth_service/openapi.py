"""What the OpenAPI generator cannot see by itself."""

from typing import Any

from chassis.django.access import security
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the generator finds it by being defined
    target_class = "auth_service.sessions.authentication.SessionAuthentication"
    name = "bearer"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        return security(auto_schema.method, auto_schema.path)
