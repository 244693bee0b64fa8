"""Who is logged in to the admin is nothing to the API."""

import pytest
from chassis.django.admin_middleware import AuthenticationMiddleware, MessageMiddleware, SessionMiddleware
from django.http import HttpResponse
from django.test import RequestFactory


@pytest.mark.parametrize(("path", "is_known"), [("/admin/", True), ("/api/v1/posts", False), ("/administer", False)])
def test_pages_of_the_admin_alone_have_sessions(path: str, is_known: bool) -> None:
    request = RequestFactory().get(path)
    SessionMiddleware(AuthenticationMiddleware(MessageMiddleware(lambda _: HttpResponse())))(request)
    assert [hasattr(request, name) for name in ("session", "user", "_messages")] == [is_known] * 3
