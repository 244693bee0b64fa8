"""Who may call which operation: ``contracts/access.yaml``, read by the gateway and every service."""

import re
from functools import cache
from typing import Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis import packaged_data
from chassis.problems import Problem
from chassis.tokens import Claims, TokenRefused

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
AuthLevel = Literal["public", "optional", "required"]
SCOPE_TITLE = "The token lacks a scope"
ROLE_TITLE = "The account lacks a role"
SESSION_TITLE = "A log-in is needed"
_FIELD = re.compile(r"\{[a-z_]+\}")


class Access(BaseModel):
    """What a caller needs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    auth: AuthLevel = Field(
        description="public: the answer is the same with and without a token; optional: it may differ; required: 401 "
        "without one. An invalid token is refused everywhere."
    )
    roles: frozenset[str] = Field(frozenset(), description="the token needs one of these roles")
    scopes: frozenset[str] = Field(frozenset(), description="the token needs all of these scopes")
    weighs_roles: bool = Field(False, description="what may be done depends on the roles, though none is needed")
    or_cookie: bool = Field(False, description="without a token the service looks for a log-in by cookie")
    session: bool = Field(False, description="the token must be of a log-in: personal access tokens are refused")

    @model_validator(mode="after")
    def _need_a_token(self) -> Self:
        if (self.roles or self.scopes or self.weighs_roles or self.session) and self.auth != "required":
            raise ValueError("roles, scopes and a session need auth: required")
        return self

    def require(self, claims: Claims | None) -> None:
        """Refuse who may not.

        Raises TokenRefused (401), or Problem (403) ``session_required``, ``scope_missing`` or ``role_missing``.
        """
        if self.auth != "required":
            return
        if claims is None and self.or_cookie:
            return
        if claims is None:
            raise TokenRefused("token_missing")
        if self.session and claims.personal:
            raise Problem(403, "session_required", "Personal access tokens may not do this.", title=SESSION_TITLE)
        if not self.scopes <= claims.scope:
            scope = " ".join(sorted(self.scopes))
            challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}  # RFC 6750, 3.1
            raise Problem(403, "scope_missing", f"Needed: {scope}.", title=SCOPE_TITLE, headers=challenge)
        if self.roles and not self.roles & claims.roles:
            raise Problem(403, "role_missing", f"Needed is one of: {', '.join(sorted(self.roles))}.", title=ROLE_TITLE)


class Table(BaseModel):
    """The whole file: rules by name, for each service's paths the name of each method's rule; who calls what inside."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: dict[str, Literal["own", "privileged"]] = Field({}, description="how far each role reaches")
    rules: dict[str, Access]
    operations: dict[str, dict[str, dict[Method, str]]]
    internal: dict[str, dict[str, dict[Method, frozenset[str]]]] = Field({}, description="services that may call it")

    @model_validator(mode="after")
    def _rules_are_there(self) -> Self:
        for paths in self.operations.values():
            for path, methods in paths.items():
                if unknown := set(methods.values()) - self.rules.keys():
                    raise ValueError(f"{path} names no rule of the table: {', '.join(sorted(unknown))}")
        return self

    @model_validator(mode="after")
    def _roles_are_there(self) -> Self:
        for name, rule in self.rules.items():
            if unknown := rule.roles - self.roles.keys():
                raise ValueError(f"the rule {name} names no role of the table: {', '.join(sorted(unknown))}")
        return self

    def of(self, service: str) -> dict[tuple[str, str], Access]:
        """A service's operations: the rule of each method and path."""
        paths = self.operations[service]
        return {(method, path): self.rules[name] for path, methods in paths.items() for method, name in methods.items()}

    def may_call(self, caller: str, service: str) -> bool:
        """Whether a service has anything to ask another one."""
        return any(caller in callers for methods in self.internal[service].values() for callers in methods.values())


@cache
def table() -> Table:
    """The table that was packaged with this code."""
    return Table.model_validate(packaged_data.read_yaml("access.yaml"))


@cache
def privileged_roles() -> frozenset[str]:
    """The roles that reach beyond what is one's own."""
    return frozenset(role for role, reach in table().roles.items() if reach == "privileged")


def find(method: str, path: str) -> Access | None:
    """The rule of an operation, None if it is not listed; ``path`` is a template, its fields may have other names."""
    return _by_shape().get(("GET" if method == "HEAD" else method, shape(path)))


def listed(method: str, path: str) -> Access:
    """The rule of an operation; raises Problem (404) as the gateway does for what is not listed."""
    access = find(method, path)
    if access is None:
        raise Problem(404, "route_unknown", f"{method} {path} is not listed in contracts/access.yaml.")
    return access


def require_caller(caller: str, service: str, method: str, path: str) -> None:
    """Refuse a service that this operation is not for: raises Problem (403) ``caller_not_listed``."""
    methods = table().internal[service].get(path, {})
    if caller not in methods.get(cast("Method", method), frozenset()):
        raise Problem(403, "caller_not_listed", f"{method} {path} is not for {caller}, see contracts/access.yaml.")


def shape(path: str) -> str:
    """A template without the names of its fields."""
    return _FIELD.sub("{}", path)


@cache
def _by_shape() -> dict[tuple[str, str], Access]:
    services = table().operations
    rules = (item for service in services for item in table().of(service).items())
    return {(method, shape(path)): access for (method, path), access in rules}
