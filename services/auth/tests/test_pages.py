"""The pages to which mailed links lead."""

from urllib.parse import urlencode

import pytest
from auth_service.testing import PASSWORD, Caller, Link, Mailbox
from chassis.redaction import redact
from django.http import HttpResponseBase
from django.test import Client

FORM = "application/x-www-form-urlencoded"
NEW = "another long pass phrase"


@pytest.fixture
def link(alice: Caller, mailbox: Mailbox) -> Link:
    alice.post("/api/v1/auth/users/reset_password", {"email": alice.email})
    return mailbox.link()


def opened(path: str, **fields: str) -> HttpResponseBase:
    browser = Client(headers={"accept-language": "de-AT,en;q=0.5"})
    return browser.post(path, urlencode(fields), content_type=FORM) if fields else browser.get(path)


def works(password: str) -> bool:
    return Caller().post("/api/v1/auth/jwt/create", {"login": "alice", "password": password}).status == 200


def test_opening_a_link_changes_nothing_and_shows_a_form(link: Link) -> None:
    for _ in range(2):
        page = opened(link.path)
        assert page.status_code == 200
        assert "Neues Passwort" in page.content.decode()  # type: ignore[attr-defined]
    assert works(PASSWORD)


def test_the_form_sets_the_password(link: Link) -> None:
    page = opened(link.path, new_password=NEW)
    assert (page.status_code, works(NEW)) == (200, True)
    assert "Ihr neues Passwort gilt" in page.content.decode()  # type: ignore[attr-defined]


def test_a_weak_password_shows_the_form_again_and_why(link: Link) -> None:
    page = opened(link.path, new_password="1234567890")
    assert page.status_code == 400
    text = page.content.decode()  # type: ignore[attr-defined]
    assert "<form" in text
    assert "numerisch" in text or "Zahlen" in text or "Ziffern" in text


def test_a_used_link_says_so_and_a_made_up_one_too(link: Link) -> None:
    opened(link.path, new_password=NEW)
    used, made_up = opened(link.path), opened(link.path + "x")
    assert (used.status_code, made_up.status_code) == (403, 400)
    assert "schon benutzt" in used.content.decode()  # type: ignore[attr-defined]
    assert "gilt nicht" in made_up.content.decode()  # type: ignore[attr-defined]
    assert opened(link.path, new_password=PASSWORD).status_code == 403


def test_other_languages_are_answered_in_english(link: Link) -> None:
    page = Client(headers={"accept-language": "fr"}).get(link.path)
    assert 'lang="en"' in page.content.decode()


def test_it_is_kept_nowhere_and_tells_nobody_where_one_was(link: Link) -> None:
    page = opened(link.path)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert not {"<script", "style=", "<img", "<link"} & set(page.content.decode().split())  # type: ignore[attr-defined]
    assert not page.cookies


def test_no_log_shows_the_token(link: Link) -> None:
    assert link.token not in redact(f"Bad Request: {link.path}")
