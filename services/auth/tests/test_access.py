"""Who may call what, with no gateway in front: the table of contracts/access.yaml."""

from datetime import timedelta
from uuid import UUID

import jwt
import pytest
from auth_service.access_tokens import SCOPES
from auth_service.keys.signing import sign_access_token, sign_service_token
from auth_service.personal_tokens.models import PersonalToken
from auth_service.settings import settings
from auth_service.testing import Caller
from auth_service.users.models import Role
from chassis.access import table
from chassis.django.testing import ApiResponse, operations
from chassis.testing.access_cases import Case, cases, surprises
from django.utils import timezone

HIDDEN = ("/admin/", "/internal/", "/livez", "/metrics", "/readyz")
CASES = cases("auth")
SURPRISES = surprises("auth")
OF_REFRESH_TOKEN = ("/api/v2/sessions/refresh", "token_missing")
"""Whatever access token came along."""


def narrowed(token: str, **claims: object) -> str:
    """A token of the same session that says less."""
    given = jwt.decode(token, options={"verify_signature": False})
    return sign_access_token(given | claims, now=timezone.now())


def personal_token_of(caller: Caller) -> UUID:
    """One that is good; gives its id."""
    assert caller.id
    now = timezone.now()
    life = {"created_at": now, "expires_at": now + timedelta(days=1)}
    return PersonalToken.objects.create(user_id=caller.id, name="", scopes=SCOPES, digest=bytes(32), **life).id


def service_token(client: str) -> str:
    """As auth would give it if the service were listed."""
    own, issued = settings(), int(timezone.now().timestamp())
    times = {"iat": issued, "nbf": issued, "exp": issued + 600, "jti": "1"}
    return sign_service_token({"iss": own.token_issuer, "aud": "auth", "sub": client} | times, now=timezone.now())


def test_table_says_of_every_role_how_far_it_reaches() -> None:
    assert set(table().roles) == set(Role.values)


def test_every_address_is_listed_or_none_of_the_public_api() -> None:
    assert operations(*HIDDEN) == set(table().of("auth"))


def test_roles_and_scopes_of_the_table_are_those_that_auth_gives() -> None:
    rules = table().rules.values()
    assert frozenset[str]().union(*(rule.roles for rule in rules)) <= set(Role.values)
    assert frozenset[str]().union(*(rule.scopes for rule in rules)) == set(SCOPES)


def test_the_matrix_has_a_column_for_every_role_there_is_and_for_nobody() -> None:
    called = {case.roles for cases_of_one in CASES.values() for case in cases_of_one}
    assert called >= {None, ("reader",), *((role,) for role in Role.values)}


@pytest.mark.parametrize(
    ("method", "path"), [(method, path) for path, methods in table().internal["auth"].items() for method in methods]
)
def test_inside_each_operation_is_for_the_services_that_are_listed(charlie: Caller, method: str, path: str) -> None:
    for client in ("auth", "blog", "gateway", "media", "stranger"):
        charlie.access = service_token(client)
        code = (charlie.call(method, path.format(user_id=UUID(int=0))).body or {}).get("code")
        listed = client in table().internal["auth"][path][method]  # type: ignore[index]
        assert (code == "caller_not_listed") == (not listed), (client, code)


def credentials(token: str, case: Case, **claims: object) -> dict[str, str]:
    """What the caller of a case shows; a stranger nothing."""
    if case.roles is None:
        return {}
    said = {"roles": case.roles, "scope": case.scope, "aud": case.audience(settings().token_audience)} | claims
    return case.shows(narrowed(token, **said))


def holds(case: Case, answer: ApiResponse) -> bool:
    """Whether somebody was refused who is to be, and nobody else."""
    refused, body = answer.status in {401, 403}, answer.body or {}
    if case.of_dialect:
        return refused == bool(case.refusal) and case.told(body)
    of_refresh_token = (case.path, body.get("code")) == OF_REFRESH_TOKEN
    return (case.told(body) or of_refresh_token) and (refused or not case.refusal)


@pytest.mark.parametrize("operation", CASES)
def test_auth_refuses_by_itself_who_may_not(alice: Caller, operation: str) -> None:
    token, of_personal = alice.access, {"sid": str(personal_token_of(alice)), "personal": True}
    alice.access = ""
    for case in CASES[operation]:
        shown = credentials(token, case, **(of_personal if case.personal else {}))
        answer = alice.call(case.method, case.path, **shown)
        assert holds(case, answer), (case, answer)


@pytest.mark.parametrize("operation", SURPRISES)
def test_a_parameter_that_an_operation_does_not_have_is_refused(alice: Caller, operation: str) -> None:
    case = SURPRISES[operation]
    shown, alice.access = credentials(alice.access, case), ""
    answer = alice.call(case.method, case.path, **shown)
    assert (answer.status, answer.body["code"]) == (400, "filter_unknown")


def test_a_token_for_something_else_is_told_what_it_lacks(alice: Caller) -> None:
    alice.access = narrowed(alice.access, scope="posts media")
    answer = alice.get("/api/v2/me")
    told = (answer.status, answer.body["code"], answer.body["title"])
    assert told == (403, "scope_missing", "The token lacks a scope")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="account"'
    assert alice.get("/api/v1/auth/users/me").body == {"detail": "Needed: account.", "code": "scope_missing"}
