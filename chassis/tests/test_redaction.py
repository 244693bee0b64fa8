"""What is cut out of logs and reports, and what is left."""

from typing import Any

import pytest
from chassis.redaction import REDACTED, redact


@pytest.mark.parametrize(
    "key",
    [
        *("password", "new_password", "passwd", "secret", "SECRET_KEY", "refresh_token", "Authorization", "cookies"),
        *(
            "Set-Cookie",
            "credentials",
            "api_key",
            "apikey",
            "private_key",
            "csrftoken",
            "email",
            "e_mail",
            "SENTRY_DSN",
        ),
    ],
)
def test_values_under_these_names_are_cut_out(key: str) -> None:
    assert redact({"outer": [{key: "hunter2"}]}) == {"outer": [{key: REDACTED}]}
    assert redact({key: {"nested": "hunter2"}}) == {key: REDACTED}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: Bearer hunter2", f"Authorization: Bearer {REDACTED}"),
        ("basic aHVudGVyMg==, then", f"basic {REDACTED}, then"),
        ("got eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", f"got {REDACTED} here"),
        ("amqp://alice:hunter2@mq:5672/v", f"amqp://alice:{REDACTED}@mq:5672/v"),
        ("redis://:hunter2@cache", f"redis://:{REDACTED}@cache"),
        ("?token=hunter2&page=2", f"?token={REDACTED}&page=2"),
        ('{"password": "hunter2"}', f'{{"password": "{REDACTED}"}}'),
        ("to alice.b+c@news.example.", f"to {REDACTED}"),
    ],
)
def test_secrets_inside_text_are_cut_out(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "value",
    ["first-light", "2026-11-23T10:00:00.000Z", "http://127.0.0.1:8000/api/v1/posts?page=2", 12.5, None, True, "a: b"],
)
def test_all_else_is_left(value: Any) -> None:
    assert redact({"value": value}) == {"value": value}


def test_numbers_and_switches_under_secret_names_are_left() -> None:
    assert redact({"tokens": 3, "email_sent": True, "secret": None}) == {
        "tokens": 3,
        "email_sent": True,
        "secret": None,
    }


@pytest.mark.parametrize("text", ["a", "a.", "eyJ", "eyJ-", "bearer ", "token ", "://", "x://a:"])
def test_hostile_text_is_searched_in_one_pass(text: str) -> None:
    redact(text * 100_000 + "@")
