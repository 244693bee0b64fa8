"""What people and programs see of Django's own errors, where there are no pages for readers."""

import pytest
from blog_service.testing import Caller, Neighbours
from django.test import Client

HTML, JSON = "text/html; charset=utf-8", "application/problem+json"
PASSWORD = "correct horse battery"


@pytest.mark.parametrize(("accept", "shown"), [("text/html", HTML), ("application/json", JSON), (None, JSON)])
def test_what_is_missing_or_not_allowed_is_told_as_asked_for(
    dana: Caller, neighbours: Neighbours, accept: str | None, shown: str
) -> None:
    headers = {"Accept": accept} if accept else {}
    neighbours.has_password(dana, PASSWORD)
    desk = Client(headers=headers)
    desk.post("/admin/login/", {"username": dana.username, "password": PASSWORD})
    for path, status in (("/nowhere", 404), ("/admin/comments/comment/", 403)):
        answer = desk.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, shown), path
    foreign = Client(headers=headers, enforce_csrf_checks=True).post("/admin/login/", {"username": "dana"})
    assert (foreign.status_code, foreign.headers["Content-Type"]) == (403, shown)
    assert desk.get("/posts/nowhere", headers={"Accept": "application/json"}).headers["Content-Type"] == HTML
