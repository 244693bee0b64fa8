"""What is cut out of logs and reports, and what is left."""

from typing import Any

import pytest
from chassis.redaction import REDACTED, redact

SIGNED = "630dcd29.01900000-0000-7000-8000-000000000101.1795687200"
OPAQUE = "AZTx3q0Dd7mJp2kQ4vZ8sLw1Yc6Rn9Bt5Hf-Ue_GiOaXoKy"  # of the length and letters of a refresh token


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
            "otp",
            "user_totp",
            "recovery_codes",
            "Webhook-Signature",
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
        ("code=492817 was typed", f"code={REDACTED} was typed"),
        ('{"code": "K7QM-2XPA"}', f'{{"code": "{REDACTED}"}}'),
        (f"refreshed {OPAQUE}.", f"refreshed {REDACTED}."),
        (f"/api/v1/auth/links/{OPAQUE}?x", f"/api/v1/auth/links/{REDACTED}?x"),
        ("/auth/reset/confirm/MQ/cd3k2x-0123456789abcdef0123456789abcdef", f"/auth/reset/confirm/MQ/{REDACTED}"),
        ("GET /activate/0123456789abcdef0123 HTTP", f"GET /activate/{REDACTED} HTTP"),
        (f"/l/{SIGNED}.{'a' * 43}/original", f"/l/{SIGNED}.{REDACTED}/original"),
    ],
)
def test_secrets_inside_text_are_cut_out(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "value",
    [
        "first-light",
        "2026-11-23T10:00:00.000Z",
        "http://127.0.0.1:8000/api/v1/posts?page=2",
        12.5,
        None,
        True,
        "a: b",
        f"/m/{'0a1f' * 16}.webp",
        "01900000-0000-7000-8000-0000000000a1",
        "code: token_missing",
        "the-slug-of-a-post-about-40-characters-and-more",
        "/docs/how-to/confirm-a-thing",
    ],
)
def test_all_else_is_left(value: Any) -> None:
    assert redact({"value": value}) == {"value": value}


def test_codes_to_be_typed_in_are_cut_out_and_reason_codes_left() -> None:
    typed = {"code": "492817", "device_code": "K7QM-2XPA"}
    assert set(redact(typed).values()) == {REDACTED}
    reasons = {"code": "token_missing", "status_code": "404", "language_code": "de-AT"}
    assert redact(reasons) == reasons


def test_numbers_and_switches_under_secret_names_are_left() -> None:
    assert redact({"tokens": 3, "email_sent": True, "secret": None}) == {
        "tokens": 3,
        "email_sent": True,
        "secret": None,
    }


@pytest.mark.parametrize(
    "text",
    ["a", "a.", "eyJ", "eyJ-", "bearer ", "token ", "://", "x://a:", "code=", "/reset/", "/reset/a/", "aA0-"],
)
def test_hostile_text_is_searched_in_one_pass(text: str) -> None:
    redact(text * 100_000 + "@")
