"""Who may call what, with no gateway in front: the table of contracts/access.yaml."""

import pytest
from blog_service.testing import Caller, Neighbours
from chassis.access import table
from chassis.django.testing import operations
from chassis.testing import TokenMint
from chassis.testing.access_cases import Case, cases, surprises
from django.test import Client
from uuid_utils.compat import uuid7

CASES = cases("blog")
SURPRISES = surprises("blog")
HIDDEN = ("/admin/", "/internal/", "/livez", "/metrics", "/readyz")


def credentials(case: Case, mint: TokenMint) -> dict[str, str]:
    """What the caller shows; a stranger nothing."""
    if case.roles is None:
        return {}
    audience = case.audience(mint.audience)
    return case.shows(mint.access(uuid7(), "eve", roles=case.roles, scope=case.scope, aud=audience))


def test_every_address_is_listed_or_none_of_the_public_api() -> None:
    assert operations(*HIDDEN) == set(table().of("blog"))


@pytest.mark.parametrize("operation", CASES)
def test_blog_refuses_by_itself_who_may_not(db: None, mint: TokenMint, neighbours: Neighbours, operation: str) -> None:
    for case in CASES[operation]:
        answer = Caller("eve").call(case.method, case.path, **credentials(case, mint))
        assert case.told(answer.body or {}), (case, answer)
        assert answer.status in ({401, 403} if case.refusal else {200, 400, 404, 422}), (case, answer)


@pytest.mark.parametrize("operation", SURPRISES)
def test_a_parameter_that_an_operation_does_not_have_is_refused(db: None, mint: TokenMint, operation: str) -> None:
    case = SURPRISES[operation]
    answer = Caller("eve").call(case.method, case.path, **credentials(case, mint))
    assert (answer.status, answer.body["code"]) == (400, "filter_unknown")


def test_a_token_for_something_else_writes_nothing(alice: Caller) -> None:
    post = alice.writes()
    alice.scope = "account media"
    answer = alice.delete(f"v1/posts/{post['slug']}")
    assert (answer.status, answer.body) == (403, {"detail": "Needed: posts.", "code": "scope_missing"})
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="posts"'
    assert alice.get(f"v1/posts/{post['slug']}").status == 200


def test_a_former_author_reads_their_draft_and_changes_nothing(alice: Caller) -> None:
    post = alice.writes()
    alice.roles = ("reader",)
    assert alice.get(f"v1/posts/{post['slug']}").status == 200
    answer = alice.patch(f"v1/posts/{post['slug']}", {"title": "Second light"})
    assert (answer.status, answer.body["code"]) == (403, "role_missing")


def test_a_moderator_has_posts_of_their_own_and_those_of_others_are_not_theirs(alice: Caller, mint: TokenMint) -> None:
    """See ADR 0018."""
    others = alice.writes(published=True)
    moderator = Caller("mo", mint, roles=("moderator",))
    own = moderator.writes(title="House rules")
    assert moderator.delete(f"v1/posts/{own['slug']}").status == 204
    answer = moderator.delete(f"v1/posts/{others['slug']}")
    assert (answer.status, answer.body["code"]) == (403, "not_the_author")


def test_a_browser_that_is_logged_in_to_the_admin_is_a_stranger_to_the_api(
    dana: Caller, alice: Caller, neighbours: Neighbours
) -> None:
    """See ADR 0058."""
    draft = alice.writes()
    neighbours.has_password(dana, "correct horse battery")
    browser = Client(headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    browser.post("/admin/login/", {"username": dana.username, "password": "correct horse battery"})
    assert browser.get("/admin/posts/post/").status_code == 200
    assert browser.get(f"/api/v1/posts/{draft['slug']}").status_code == 404
    assert browser.delete(f"/api/v1/posts/{draft['slug']}").status_code == 401
    assert browser.get("/api/v1/posts").headers["Content-Type"].startswith("application/json")
