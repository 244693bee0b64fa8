"""Whether the process turns and may get traffic."""

import pytest
from auth_service.keys.encryption import encrypt
from auth_service.keys.models import SigningKey
from auth_service.keys.services import signing_key_ensure
from auth_service.testing import Caller
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries


def test_a_ready_process_says_so(charlie: Caller) -> None:
    assert charlie.get("/livez").status == 200
    answer = charlie.get("/readyz")
    assert answer.status == 200
    assert set(answer.body["checks"]) == {"database", "migrations", "signing key", "demo accounts"}


def test_that_it_is_alive_is_told_without_the_database_and_counted(
    charlie: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = charlie.get("/livez")
    assert answer.headers["Content-Length"] == str(len('{"status": "ok"}'))
    assert 'http_route="/livez"' in Client().get("/metrics").content.decode()


def test_the_first_signing_key_is_there_once_a_process_is_ready(charlie: Caller) -> None:
    SigningKey.objects.all().delete()
    assert charlie.get("/readyz").status == 200
    assert SigningKey.objects.count() == 1


def test_without_a_readable_key_it_is_alive_and_not_ready(charlie: Caller) -> None:
    key = signing_key_ensure(now=timezone.now())
    SigningKey.objects.update(encrypted_private_key=encrypt(b"", kid=key.kid, secret="another secret"))
    assert charlie.get("/readyz").status == 503
    assert charlie.get("/livez").status == 200


def test_the_metrics_count_requests_by_route_template(alice: Caller) -> None:
    alice.delete("/api/v1/auth/sessions/01900000-0000-7000-8000-0000000000d1")
    text = Client().get("/metrics").content.decode()
    assert 'http_route="/api/v1/auth/sessions/<uuid:session_id>"' in text
    assert str(alice.id) not in text


@pytest.mark.parametrize("path", ["/", "/api", "/api/v1/nothing", "/api/v3/me", "/admin/nothing"])
def test_what_is_not_there_is_a_clear_404(charlie: Caller, path: str) -> None:
    answer = charlie.get(path)
    assert answer.status in {302, 404}


def test_a_method_that_is_not_offered_is_405_with_those_that_are(charlie: Caller) -> None:
    answer = charlie.get("/api/v1/auth/users")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST, OPTIONS")
