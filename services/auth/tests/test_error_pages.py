"""What people and programs see of Django's own errors."""

import pytest
from auth_service.testing import PASSWORD
from auth_service.users.models import User
from django.test import Client

HTML, JSON = "text/html; charset=utf-8", "application/problem+json"


@pytest.mark.parametrize(("accept", "shown"), [("text/html", HTML), ("application/json", JSON), (None, JSON)])
def test_what_is_missing_or_not_allowed_is_told_as_asked_for(db: None, accept: str | None, shown: str) -> None:
    headers = {"Accept": accept} if accept else {}
    User.objects.create_user(email="helper@example.org", username="helper", password=PASSWORD, is_staff=True)
    helper = Client(headers=headers)
    helper.post("/admin/login/", {"username": "helper", "password": PASSWORD})
    for path, status in (("/nowhere", 404), ("/admin/users/user/", 403)):
        answer = helper.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, shown), path
    foreign = Client(headers=headers, enforce_csrf_checks=True).post("/admin/login/", {"username": "helper"})
    assert (foreign.status_code, foreign.headers["Content-Type"]) == (403, shown)
    assert b"load it anew" in foreign.content
