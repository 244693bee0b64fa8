"""Every operation of a service, called by every kind of caller, and what the table of access makes of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from chassis.access import Access, table
from chassis.realworld import PREFIX, SCHEME, audience_of

REFUSALS = frozenset(
    {"token_missing", "session_required", "scope_missing", "role_missing", "route_unknown", "method_not_allowed"}
)
_NUMBERS = frozenset({"number", "tag_id", "year", "month"})
_ID = "01930000-0000-7000-8000-00000000000f"  # of nothing that is there


@dataclass(frozen=True, slots=True)
class Case:
    """A call, by a stranger or with a token of these roles and scopes; ``refusal`` is the code to be refused with.

    ``personal``: the token stands for a personal access token, and so for no log-in.
    """

    method: str
    path: str
    roles: tuple[str, ...] | None
    scope: str
    refusal: str | None
    personal: bool = False

    @property
    def of_dialect(self) -> bool:
        """Whether it is RealWorld's, which has tokens of its own and no codes."""
        return self.path.startswith(PREFIX)

    def audience(self, token_audience: str) -> str:
        """The audience of the token that such a call takes, where other tokens are for ``token_audience``."""
        return audience_of(token_audience) if self.of_dialect else token_audience

    def shows(self, token: str) -> dict[str, str]:
        """The header a caller with a token sends."""
        return {"Authorization": f"{SCHEME if self.of_dialect else 'Bearer'} {token}"}

    def told(self, body: Any) -> bool:
        """Whether an answer's body is that of the refusal, where there is to be one."""
        if self.of_dialect:
            return self.refusal is None or "errors" in body
        return self.holds(body.get("code"))

    def holds(self, code: str | None) -> bool:
        """Whether an answer's ``code`` is as expected: this refusal, or none of who may at all."""
        return code == self.refusal if self.refusal else code not in REFUSALS


def cases(service: str) -> dict[str, list[Case]]:
    """For each operation: nobody, each role, each scope left out in turn, no log-in; those that are refused first."""
    return {
        f"{method} {path}": sorted(_cases(method, _filled(path), access), key=lambda case: case.refusal is None)
        for (method, path), access in table().of(service).items()
    }


def surprises(service: str) -> dict[str, Case]:
    """Each GET of the API with a parameter that it does not have, by somebody who may."""
    may = {
        operation: next(case for case in found if case.roles is not None and case.refusal is None)
        for operation, found in cases(service).items()
        if operation.startswith("GET /api/")
    }
    return {operation: replace(case, path=f"{case.path}?surprise=1") for operation, case in may.items()}


def _cases(method: str, path: str, access: Access) -> Iterator[Case]:
    rules = table().rules.values()
    roles = sorted(frozenset({"reader"}).union(*(rule.roles for rule in rules)))
    scopes = sorted(frozenset[str]().union(*(rule.scopes for rule in rules)))
    if not access.or_cookie:  # what its service makes of nobody is not the table's to say
        yield Case(method, path, None, "", "token_missing" if access.auth == "required" else None)
    for role in roles:
        lacking = access.roles and role not in access.roles
        yield Case(method, path, (role,), " ".join(scopes), "role_missing" if lacking else None)
    for left_out in scopes:
        scope = " ".join(name for name in scopes if name != left_out)
        yield Case(method, path, tuple(roles), scope, "scope_missing" if left_out in access.scopes else None)
    all_roles, all_scopes = tuple(roles), " ".join(scopes)
    yield Case(method, path, all_roles, all_scopes, "session_required" if access.session else None, personal=True)


def _filled(path: str) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda field: _value(field[1]), path)


def _value(field: str) -> str:
    if field in _NUMBERS:
        return "1"
    return _ID if field.endswith("id") else "nobody"
